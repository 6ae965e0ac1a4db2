package language
import ("testing";"fmt";"time")
func TestTries(t *testing.T){
	r,_:=newReference(t.TempDir())
	for seed:=uint64(0);seed<6;seed++{
	f,d:=compare(seed,program(seed),subject{},r); if !d {continue}
	tries:=0; start:=time.Now(); var a,b time.Duration
	reduce(f.program,func(p *node)bool{ tries++; x:=p.String(); t0:=time.Now(); g:=subject{}.run(x); t1:=time.Now(); w:=r.run(x); b+=time.Since(t1); a+=t1.Sub(t0); return differ(g,w)==f.sort})
	fmt.Println(seed,tries,time.Since(start),a,b)
	}
}
