package sts

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
)

const (
	namespace = "https://sts.amazonaws.com/doc/2011-06-15/"
	maxForm   = 1 << 20
)

// Handler serves STS in the query protocol.
//
// https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html
type Handler struct {
	Sessions *Sessions
	// Account returns the account of a caller without a session.
	Account func(awsjson.Caller) string
}

// fault is an error of the query protocol.
type fault struct{ Code, Message string }

func (f *fault) Error() string { return f.Code + ": " + f.Message }

func faultf(code, format string, args ...any) error {
	return &fault{code, fmt.Sprintf(format, args...)}
}

// codeExpired is ExpiredTokenException in the query protocol.
const codeExpired = "ExpiredToken"

func statusOf(err error) int {
	if f, ok := err.(*fault); ok && f.Code == codeExpired {
		return http.StatusForbidden
	}
	return http.StatusBadRequest
}

// ServeHTTP implements [http.Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := uuid.NewString()
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	result, err := h.serve(r)
	if err != nil {
		reply(w, statusOf(err), id, failure(err, id))
		return
	}
	action := r.Form.Get("Action")
	reply(w, http.StatusOK, id, response{
		XMLName: xml.Name{Space: namespace, Local: action + "Response"},
		Result:  named{xml.Name{Local: action + "Result"}, result},
		ID:      id,
	})
}

func (h *Handler) serve(r *http.Request) (any, error) {
	if err := r.ParseForm(); err != nil {
		return nil, faultf("MalformedInput", msgForm, err)
	}
	caller := awsjson.CallerOf(r)
	if h.Sessions.Admit(caller) != nil {
		return nil, faultf(codeExpired, msgExpired)
	}
	switch action := r.Form.Get("Action"); action {
	case "GetCallerIdentity":
		return h.callerIdentity(caller), nil
	case "AssumeRole":
		return h.assumeRole(r.Form)
	default:
		return nil, faultf("InvalidAction", msgAction, action)
	}
}

// response is the envelope of a result.
type response struct {
	XMLName xml.Name
	Result  named
	ID      string `xml:"ResponseMetadata>RequestId"`
}

// named is a result under the name of its action.
type named struct {
	name  xml.Name
	value any
}

// MarshalXML implements [xml.Marshaler].
func (n named) MarshalXML(e *xml.Encoder, _ xml.StartElement) error {
	return e.EncodeElement(n.value, xml.StartElement{Name: n.name})
}

type errorResponse struct {
	XMLName xml.Name `xml:"https://sts.amazonaws.com/doc/2011-06-15/ ErrorResponse"`
	Type    string   `xml:"Error>Type"`
	Code    string   `xml:"Error>Code"`
	Message string   `xml:"Error>Message"`
	ID      string   `xml:"RequestId"`
}

func failure(err error, id string) errorResponse {
	f, ok := err.(*fault)
	if !ok {
		f = &fault{"InternalFailure", err.Error()}
	}
	return errorResponse{Type: "Sender", Code: f.Code, Message: f.Message, ID: id}
}

// reply writes header and body at once and with their length; see awsjson.
func reply(w http.ResponseWriter, status int, id string, v any) {
	body, err := xml.Marshal(v)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(err.Error())
	}
	h := w.Header()
	h.Set("Content-Type", "text/xml")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("X-Amzn-Requestid", id)
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that went away needs no answer
}
