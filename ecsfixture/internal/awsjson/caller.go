package awsjson

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// Caller is what a request says of itself. Nothing of it is verified.
type Caller struct {
	AccessKey string // of the SigV4 credential
	Account   string // the access key, if it is a 12-digit account id
	Region    string // of the credential scope
	Service   string // of the credential scope: ecs, secretsmanager …
	Waiter    bool   // an SDK's waiter asks
	WaitsFor  string // the waiter's name, if it says: TasksStopped
	RequestID string
}

// WaiterHeader is how a client that knows its waiter's name tells it.
const WaiterHeader = "X-Ecsfixture-Waiter"

type callerKey struct{}

// CallerFrom returns the caller of the request that ctx belongs to, or the
// zero Caller.
func CallerFrom(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	return c
}

// WithCaller returns a context whose caller is c.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

var (
	credential = regexp.MustCompile(`Credential=([^/,\s]+)/\d{8}/([^/,\s]+)/([^/,\s]+)/aws4_request`)
	accountID  = regexp.MustCompile(`^\d{12}$`)
)

// CallerOf reads the Authorization and User-Agent headers of r.
func CallerOf(r *http.Request) Caller {
	c := Caller{Waiter: isWaiter(r.UserAgent()), WaitsFor: r.Header.Get(WaiterHeader)}
	m := credential.FindStringSubmatch(r.Header.Get("Authorization"))
	if m == nil {
		return c
	}
	c.AccessKey, c.Region, c.Service = m[1], m[2], m[3]
	if accountID.MatchString(c.AccessKey) {
		c.Account = c.AccessKey
	}
	return c
}

// isWaiter reports whether the user agent lists feature B, which the Go SDK
// (UserAgentFeatureWaiter) and botocore (WAITER) put there in a waiter's
// requests: m/B or m/E,B,Z.
func isWaiter(agent string) bool {
	for field := range strings.FieldsSeq(agent) {
		list, ok := strings.CutPrefix(field, "m/")
		if ok && slices.Contains(strings.Split(list, ","), "B") {
			return true
		}
	}
	return false
}
