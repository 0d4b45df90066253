package agent

import (
	"net/http"
	"sync"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/sts"
)

// DefaultLifetime is how long a role's credentials are good for, as on ECS.
const DefaultLifetime = 6 * time.Hour

// Config is what an Agent works with.
type Config struct {
	Sessions *sts.Sessions // who credentials belong to

	// API serves what containers send to AWS_ENDPOINT_URL. Without it the
	// variable isn't set.
	API http.Handler

	// Lifetime of credentials; DefaultLifetime unless set.
	Lifetime time.Duration
}

// Agent serves the tasks of a fixture. It implements [server.Agent]. It may
// be used concurrently.
type Agent struct {
	cfg     Config
	mux     *http.ServeMux
	network network // where it listens

	mu          sync.RWMutex           // guards all below
	tasks       map[string]*task       // by ARN
	containers  map[string]*container  // by path id
	credentials map[string]*credential // by path id
	endpoints   map[string]*task       // by path id
}

var _ server.Agent = (*Agent)(nil)

// New returns an agent without tasks, which doesn't listen.
func New(cfg Config) *Agent {
	if cfg.Lifetime == 0 {
		cfg.Lifetime = DefaultLifetime
	}
	a := &Agent{
		cfg: cfg, mux: http.NewServeMux(),
		tasks: map[string]*task{}, containers: map[string]*container{},
		credentials: map[string]*credential{}, endpoints: map[string]*task{},
	}
	a.route()
	return a
}

// ServeHTTP implements [http.Handler].
func (a *Agent) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.mux.ServeHTTP(w, r) }

func (a *Agent) route() {
	for _, v := range []version{v3, v4} {
		root := "GET /" + string(v) + "/{id}"
		a.mux.HandleFunc(root, a.ofContainer(v, a.container))
		a.mux.HandleFunc(root+"/task", a.ofContainer(v, a.task))
		a.mux.HandleFunc(root+"/taskWithTags", a.ofContainer(v, a.taskWithTags))
		a.mux.HandleFunc(root+"/stats", a.ofContainer(v, a.stats))
		a.mux.HandleFunc(root+"/task/stats", a.ofContainer(v, a.taskStats))
		a.mux.HandleFunc(root+"/associations/{type}", a.ofContainer(v, a.associations))
		a.mux.HandleFunc(root+"/associations/{type}/{name}", a.ofContainer(v, a.association))
	}
	a.routeV2()
	a.mux.HandleFunc("GET /v1/credentials", a.credentialsV1)
	a.mux.HandleFunc("GET /v2/credentials/{id}", a.credentialsV2)
	a.mux.HandleFunc("GET /v2/credentials", a.credentialsV2)
	a.mux.HandleFunc("GET /v2/credentials/{$}", a.credentialsV2)
	a.mux.HandleFunc("/api/{id}/task-protection/v1/state", a.protection)
	a.mux.HandleFunc("POST /api/{id}/fault/v1/{fault}/{action}", a.fault)
	a.mux.HandleFunc(endpointPath+"{id}", a.api)
	a.mux.HandleFunc(endpointPath+"{id}/", a.api)
}
