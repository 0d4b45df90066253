package ecsfixture

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/agent"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/sts"
)

// agentOptions say what containers are given.
type agentOptions struct {
	withoutEndpoint bool
	lifetime        time.Duration // of credentials
}

// WithoutEndpointInContainers leaves AWS_ENDPOINT_URL out of containers'
// environments. It is there by default, so that what an application calls of
// AWS is the fixture.
func WithoutEndpointInContainers() Option { return func(o *options) { o.agent.withoutEndpoint = true } }

// WithCredentialsLifetime sets how long the credentials of tasks' roles are
// good for; 6 hours is the default, as on ECS.
func WithCredentialsLifetime(d time.Duration) Option {
	return func(o *options) { o.agent.lifetime = d }
}

// gateway is a runtime that leads 169.254.170.2 in containers to an address
// of the host.
type gateway interface {
	Gateway(context.Context) (string, error)
}

// startAgent makes the agent that containers call.
func (fx *Fixture) startAgent(ctx context.Context) error {
	cfg := agent.Config{Sessions: fx.sessions, Lifetime: fx.options.agent.lifetime}
	if !fx.options.agent.withoutEndpoint {
		cfg.API = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fx.endpoint.handler.ServeHTTP(w, r) })
	}
	fx.agent = agent.New(cfg)
	if inBubble() {
		return nil
	}
	var place agent.Place
	if g, ok := fx.runtime.(gateway); ok {
		address, err := g.Gateway(ctx)
		if err != nil {
			return err
		}
		place = agent.Place{Forwards: true, Gateway: address}
	}
	return fx.agent.Listen(place)
}

// other serves what isn't aws-json.
func (fx *Fixture) other() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", welcome(&sts.Handler{
		Sessions: fx.sessions,
		Account:  func(c awsjson.Caller) string { return fx.placeOf(c).account },
	}))
	fx.inspect(mux)
	return mux
}

// welcome tells those who look at the endpoint with a browser what it is; all
// other requests go to next.
func welcome(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" && r.Method == http.MethodGet && r.URL.RawQuery == "" && r.Header.Get("Authorization") == "" {
			fmt.Fprintf(w, "This is ecsfixture, an endpoint for clients of AWS. GET %s lists what there is to look at.\n", InspectPath)
			return
		}
		next.ServeHTTP(w, r)
	})
}
