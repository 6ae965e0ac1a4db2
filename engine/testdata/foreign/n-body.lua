-- The planets, in single steps.
local sqrt, pi = math.sqrt, math.pi
local solar, year = 4 * pi * pi, 365.24
local function body(x, y, z, vx, vy, vz, mass)
  return { x = x, y = y, z = z, vx = vx * year, vy = vy * year, vz = vz * year, mass = mass * solar }
end
local bodies = {
  body(0, 0, 0, 0, 0, 0, 1),
  body(4.84143144246472090, -1.16032004402742839, -0.103622044471123109, 0.00166007664274403694, 0.00769901118419740425, -0.0000690460016972063023, 0.000954791938424326609),
  body(8.34336671824457987, 4.12479856412430479, -0.403523417114321381, -0.00276742510726411, 0.00499852801234917238, 0.0000230417297573763929, 0.000285885980666130812),
  body(12.8943695621391310, -15.1111514016986312, -0.223307578892655734, 0.00296460137564761618, 0.00237847173959480950, -0.0000296589568540237556, 0.0000436624404335156298),
}
local function energy()
  local e = 0
  for i, b in ipairs(bodies) do
    e = e + 0.5 * b.mass * (b.vx * b.vx + b.vy * b.vy + b.vz * b.vz)
    for j = i + 1, #bodies do
      local c = bodies[j]
      local dx, dy, dz = b.x - c.x, b.y - c.y, b.z - c.z
      e = e - b.mass * c.mass / sqrt(dx * dx + dy * dy + dz * dz)
    end
  end
  return e
end
local function advance(dt)
  for i, b in ipairs(bodies) do
    for j = i + 1, #bodies do
      local c = bodies[j]
      local dx, dy, dz = b.x - c.x, b.y - c.y, b.z - c.z
      local distance = dx * dx + dy * dy + dz * dz
      local mag = dt / (distance * sqrt(distance))
      local bm, cm = b.mass * mag, c.mass * mag
      b.vx, b.vy, b.vz = b.vx - dx * cm, b.vy - dy * cm, b.vz - dz * cm
      c.vx, c.vy, c.vz = c.vx + dx * bm, c.vy + dy * bm, c.vz + dz * bm
    end
  end
  for _, b in ipairs(bodies) do b.x, b.y, b.z = b.x + dt * b.vx, b.y + dt * b.vy, b.z + dt * b.vz end
end
print(("%.9f"):format(energy()))
for step = 1, 2000 do
  advance(0.01)
  if step % 500 == 0 then print(step, ("%.9f"):format(energy()), bodies[2].x) end
end
