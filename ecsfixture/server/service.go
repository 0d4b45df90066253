package server

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// Config is what a Service works with.
type Config struct {
	Account string // 12 digits
	Region  string
	Runtime runtime.Runtime
	Secrets Secrets
	Logs    Logs
	Agent   Agent // nil if containers get none
	Logger  *slog.Logger

	// Caller, if set, returns the ARN of the role's session that makes a call;
	// empty if none does.
	Caller func(context.Context) string

	// Files reads an environment file by the ARN or file:// URL of its
	// definition.
	Files func(ctx context.Context, ref string) ([]byte, error)

	// FileSystems has directories of this machine that stand in for the
	// file systems of EFS and FSx, by their ids. Where there is none a
	// volume does.
	FileSystems map[string]string

	// TaskChanged, if set, hears of every change of a task, in order and
	// under the service's lock: it must not call the service.
	TaskChanged func(types.Task)

	// InstanceChanged, if set, hears of every change of a container instance,
	// in order and under the service's lock: it must not call the service.
	InstanceChanged func(types.ContainerInstance)

	// NoImplicitInstance says that tasks on EC2 need a container instance in
	// every cluster. Otherwise a cluster that never had one takes any task.
	NoImplicitInstance bool

	// ServiceEvent, if set, hears of what services do, in order and under
	// the service's lock: it must not call the service.
	ServiceEvent func(ServiceEvent)

	// Targets are the target groups that services may name; without them
	// there are none.
	Targets Targets

	// Hooks, if set, is asked for lifecycle hooks that SetHook doesn't know.
	Hooks func(hookTargetARN string) (Hook, bool)

	// Retention is how long a stopped task stays visible: an hour unless set.
	Retention time.Duration
}

// Secrets fetches what a task definition refers to.
type Secrets interface {
	// Resolve returns the value of a secrets[].valueFrom. The text of an
	// error is the stoppedReason of the task.
	Resolve(ctx context.Context, valueFrom string) (string, error)
	// RegistryAuth reads the login of a repositoryCredentials parameter.
	RegistryAuth(ctx context.Context, parameter string) (username, password string, err error)
}

// Logs receives what containers write.
type Logs interface {
	// Open prepares for the output of a container.
	Open(LogSource) (LogWriter, error)
	// Done says that a task has written its last line.
	Done(taskARN string)
}

// LogSource is a container that is about to write.
type LogSource struct {
	TaskARN, TaskID string
	Container       string
	ContainerID     string // the engine's
	Driver          types.LogDriver
	Options         map[string]string // secretOptions included
}

// LogWriter takes the lines of one container.
type LogWriter interface {
	WriteLine(runtime.Line)
	// Close flushes what was held back, for instance by a multiline pattern.
	// Lines come after it if the container is restarted.
	Close()
}

// Service is the ECS control plane of one account in one region.
type Service struct {
	cfg     Config
	ctx     context.Context // ends with Close
	cancel  context.CancelFunc
	runners sync.WaitGroup // one for each task that hasn't stopped

	mu        sync.Mutex // guards all below; never held across a call of the runtime
	closed    bool
	clusters  map[string]*cluster // by name
	families  map[string]*family  // by name
	tasks     map[string]*task    // by id
	order     []*task             // as they were created
	ended     []*task             // as they stopped
	services  map[serviceKey]*service
	providers map[string]*provider // capacity providers by name, INACTIVE ones too
	settings  settings
	alarms    map[string]bool      // those that are on
	hooks     map[string]Hook      // by the ARN of their target
	tokens    map[string]*token    // idempotency, by client token
	told      map[string]time.Time // when a waiter was last answered, by what it asked
	changed   signal               // of anything
}

// New returns a service with an empty cluster named default.
func New(cfg Config) *Service {
	if cfg.Retention == 0 {
		cfg.Retention = time.Hour
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &Service{
		cfg: cfg, ctx: ctx, cancel: cancel,
		clusters: map[string]*cluster{},
		families: map[string]*family{},
		tasks:    map[string]*task{},
		services: map[serviceKey]*service{},
		alarms:   map[string]bool{},
		hooks:    map[string]Hook{},
		tokens:   map[string]*token{},
		told:     map[string]time.Time{},
		settings: newSettings(),
	}
	s.providers = s.newProviders()
	s.clusters[defaultCluster] = s.newCluster(defaultCluster)
	return s
}

// Close ends all tasks at once, without their stop timeouts, and waits until
// nothing of them is left or ctx ends.
func (s *Service) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.cancel()
	done := make(chan struct{})
	go func() { s.runners.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return s.hanging(ctx)
	}
}

// broadcast wakes all that wait for any change. The caller holds s.mu.
func (s *Service) broadcast() { s.changed.raise() }
