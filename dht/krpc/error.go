package krpc

import "fmt"

// Error codes of BEP 5 and, from 205, of BEP 44.
const (
	CodeGeneric       = 201
	CodeServer        = 202
	CodeProtocol      = 203 // malformed packet, bad argument, bad token
	CodeMethodUnknown = 204
	CodeValueTooBig   = 205 // `v` of a put
	CodeBadSignature  = 206
	CodeSaltTooBig    = 207
	CodeCasMismatch   = 301 // the stored sequence number is not `cas`: read again first
	CodeSeqTooLow     = 302 // lower than the stored one, or equal with another value
)

// Error is what a remote node answered instead of a response, or what to answer
// it.
type Error struct {
	Code    int    // 0 if it gave none
	Message string // at most a datagram long; not to be trusted
}

// Error quotes the message, which may hold any bytes.
func (e *Error) Error() string {
	return fmt.Sprintf("the node answered with error %d %q", e.Code, e.Message)
}

// RemoteError copies the error out of a message of kind [KindError].
func (m *Message) RemoteError() *Error { return &Error{Code: m.Code, Message: string(m.Text)} }
