package ecsfixture

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/events"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/docker"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/targetgroup"
)

// ErrNoEngine is why a fixture can't start where no Docker engine answers.
var ErrNoEngine = docker.ErrNoEngine

// RuntimeVariable names the environment variable that chooses the runtime of
// fixtures that don't choose their own: docker or simulated.
const RuntimeVariable = "ECSFIXTURE_RUNTIME"

// The region and the account of a fixture, unless options name others.
const (
	DefaultRegion  = "us-east-1"
	DefaultAccount = "000000000000"
)

// Option changes how a fixture works.
type Option func(*options)

type options struct {
	region, account string
	address         string
	setup           func(*Fixture) error
	runtime         runtime.Runtime
	docker          []docker.Option
	agent           agentOptions
	events          []events.Option
	instances       []ContainerInstance
	noImplicit      bool                 // every cluster needs container instances
	groups          []targetgroup.Option // that target groups begin with
	declared        bool                 // target groups are made by the test only
	fileSystems     map[string]string
	logger          *slog.Logger
	skip            bool
	timeout         time.Duration
	closeTimeout    time.Duration
}

func newOptions(opts []Option) options {
	o := options{
		region: DefaultRegion, account: DefaultAccount,
		address: "127.0.0.1:0",
		timeout: 2 * time.Minute, closeTimeout: defaultCloseTimeout,
	}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

// accountID is the form of an account.
var accountID = regexp.MustCompile(`^\d{12}$`)

// check says what can't be.
func (o options) check() error {
	switch {
	case !accountID.MatchString(o.account):
		return fmt.Errorf("WithAccount: %q does not have 12 digits", o.account)
	case o.region == "":
		return errors.New("WithRegion: the region is empty")
	}
	return nil
}

// WithRegion sets the region of the fixture's clients.
func WithRegion(region string) Option { return func(o *options) { o.region = region } }

// WithAccount sets the account, 12 digits, of the fixture's clients.
func WithAccount(account string) Option { return func(o *options) { o.account = account } }

// WithRuntime runs containers by rt instead of the Docker engine, for instance
// by [simulated.New]. The fixture closes it, so it is for one fixture alone.
func WithRuntime(rt runtime.Runtime) Option { return func(o *options) { o.runtime = rt } }

// WithDocker passes options to the Docker runtime, such as a pull policy.
func WithDocker(opts ...docker.Option) Option {
	return func(o *options) { o.docker = append(o.docker, opts...) }
}

// WithFileSystem puts a directory of this machine in the place of a file
// system of EFS or FSx, named by its id: fs-0123. A volume's root directory is
// a directory in it, and has to be there. A file system without a directory
// has a volume of the engine in its place, which is empty at first, shared by
// the fixture's tasks and removed when the fixture is closed.
func WithFileSystem(id, directory string) Option {
	return func(o *options) {
		if o.fileSystems == nil {
			o.fileSystems = map[string]string{}
		}
		o.fileSystems[id] = directory
	}
}

// WithLogger sends what the fixture has to say to l instead of t.Log.
func WithLogger(l *slog.Logger) Option { return func(o *options) { o.logger = l } }

// WithAddress sets where the endpoint listens; 127.0.0.1 on a free port is
// the default. Whoever can reach the address can run containers.
func WithAddress(address string) Option { return func(o *options) { o.address = address } }

// WithSetup has f run before the endpoint answers its first request: what f
// puts into Secrets and Files is there from the beginning. The fixture has no
// clients then. An error of f's is why the fixture doesn't start.
func WithSetup(f func(*Fixture) error) Option { return func(o *options) { o.setup = f } }

// WithTimeout bounds each of the fixture's waits, for tasks, services, lines
// and events; 2 minutes is the default.
func WithTimeout(d time.Duration) Option { return func(o *options) { o.timeout = d } }

// WithCloseTimeout bounds the cleanup that [Start] registers; a minute is the
// default.
func WithCloseTimeout(d time.Duration) Option { return func(o *options) { o.closeTimeout = d } }

// SkipWithoutDocker skips the test where no Docker engine answers, instead of
// failing it.
func SkipWithoutDocker() Option { return func(o *options) { o.skip = true } }

// newRuntime returns the runtime that the options or the environment choose.
func (o options) newRuntime(ctx context.Context) (runtime.Runtime, error) {
	if o.runtime != nil {
		return o.runtime, nil
	}
	switch choice := os.Getenv(RuntimeVariable); choice {
	case "simulated":
		return simulated.New(), nil
	case "", "docker":
		return docker.New(context.WithoutCancel(ctx), append([]docker.Option{docker.WithLogger(o.logger)}, o.docker...)...)
	default:
		return nil, fmt.Errorf("%s is %q; it can be docker or simulated", RuntimeVariable, choice)
	}
}
