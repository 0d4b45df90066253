package ecsfixture

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/agent"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/events"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/logs"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/secrets"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/sts"
)

// Fixture is an Amazon ECS of its own: endpoint, store, containers and logs
// are shared with no other fixture. All of it may be used concurrently.
type Fixture struct {
	// ECS and SecretsManager are clients of the fixture.
	ECS            *ecs.Client
	SecretsManager *secretsmanager.Client

	// Config makes clients of the fixture for other services: SSM,
	// CloudWatch Logs.
	Config aws.Config

	// URL is the endpoint for clients of other processes, in the form
	// http://127.0.0.1:port. It takes requests signed with any
	// credentials. In a testing/synctest bubble nothing listens there.
	URL string

	Region  string
	Account string // 12 digits

	Secrets    *secrets.Store   // what secrets[].valueFrom is resolved from
	Logs       *logs.Sink       // every line of every container
	CloudWatch *logs.CloudWatch // the lines of containers with the awslogs driver
	Files      *Files           // what environmentFiles are read from
	Events     *events.Log      // what ECS would tell EventBridge

	options   options
	runtime   runtime.Runtime
	endpoint  *endpoint
	agent     *agent.Agent  // what containers call
	targets   *targets      // of services in all zones
	sessions  *sts.Sessions // the credentials that were handed out
	intercept *interceptors
	log       *slog.Logger

	mu    sync.Mutex // guards zones
	zones map[place]*zone

	closing sync.Once
	closed  error
}

// Start starts a fixture that ends with the test: everything in it is stopped
// and removed in a cleanup, which fails the test if something can't be. It
// fails the test at once where no Docker engine answers; see [WithRuntime] and
// [SkipWithoutDocker].
func Start(t testing.TB, opts ...Option) *Fixture {
	t.Helper()
	o := newOptions(opts)
	if o.logger == nil {
		o.logger = slog.New(newTestHandler(t))
	}
	fx, err := start(t.Context(), o)
	if err != nil {
		refuse(t, o, err)
	}
	fx.Secrets.Refused = func(err error) { t.Errorf("ecsfixture: %v", err) }
	t.Cleanup(func() { fx.cleanup(t) })
	return fx
}

// refuse ends a test whose fixture can't start.
func refuse(t testing.TB, o options, err error) {
	t.Helper()
	if o.skip && errors.Is(err, ErrNoEngine) {
		t.Skip("ecsfixture:", err)
	}
	t.Fatal("ecsfixture:", err)
}

// cleanup closes the fixture, and fails the test with what is left if that
// takes too long.
func (fx *Fixture) cleanup(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), fx.options.closeTimeout)
	defer cancel()
	if err := fx.Close(ctx); err != nil {
		t.Errorf("ecsfixture: the fixture did not close: %v", err)
	}
}

// New starts a fixture that ends with Close: for TestMain, and for programs.
func New(ctx context.Context, opts ...Option) (*Fixture, error) {
	return start(ctx, newOptions(opts))
}

func start(ctx context.Context, o options) (*Fixture, error) {
	if o.logger == nil {
		o.logger = slog.New(slog.DiscardHandler)
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	rt, err := o.newRuntime(ctx)
	if err != nil {
		return nil, err
	}
	fx := &Fixture{
		Region: o.region, Account: o.account,
		Files: newFiles(), Events: o.newEvents(),
		options: o, runtime: rt, log: o.logger,
		intercept: new(interceptors), zones: map[place]*zone{}, sessions: new(sts.Sessions),
	}
	fx.Logs = logs.NewSink(logs.Timeout(o.timeout), logs.Explain(fx.Story))
	fx.targets = fx.newTargets()
	if err := fx.startAgent(ctx); err != nil {
		return nil, errors.Join(err, fx.agent.Close(ctx), rt.Close(ctx), fx.Events.Close(ctx))
	}
	home := fx.home()
	fx.Secrets, fx.CloudWatch = home.secrets, home.cloudWatch
	if err := fx.open(); err != nil {
		return nil, errors.Join(err, fx.agent.Close(ctx), rt.Close(ctx), fx.Events.Close(ctx))
	}
	if err := fx.addInstances(ctx); err != nil {
		return nil, errors.Join(err, fx.Close(ctx))
	}
	return fx, nil
}

// open sets the fixture up and lets requests in.
func (fx *Fixture) open() error {
	if fx.options.setup != nil {
		if err := fx.options.setup(fx); err != nil {
			return err
		}
	}
	return fx.listen()
}

// listen opens the endpoint and makes the clients.
func (fx *Fixture) listen() (err error) {
	handler := &awsjson.Handler{
		Services:  func(c awsjson.Caller) []*awsjson.Service { return fx.zoneOf(c).services },
		Admit:     fx.sessions.Admit,
		Intercept: fx.intercept.call,
		Panicked:  fx.panicked,
		Other:     fx.other(),
	}
	if fx.endpoint, err = newEndpoint(fx.options.address, handler); err != nil {
		return err
	}
	fx.URL = fx.endpoint.url
	fx.Config = newConfig(fx.URL, fx.Region, fx.Account, handler)
	fx.ECS = ecs.NewFromConfig(fx.Config)
	fx.SecretsManager = secretsmanager.NewFromConfig(fx.Config)
	return nil
}

func (fx *Fixture) panicked(operation string, value any, stack []byte) {
	fx.log.Error("a bug in ecsfixture", "operation", operation, "panic", value, "stack", string(stack))
}

// Close stops all tasks without their stop timeouts, removes everything and
// closes the endpoint. It returns when all is gone; if ctx ends before that,
// the error says what is left. A second Close returns what the first did.
func (fx *Fixture) Close(ctx context.Context) error {
	fx.closing.Do(func() { fx.closed = fx.close(ctx) })
	return fx.closed
}

func (fx *Fixture) close(ctx context.Context) error {
	var errs []error
	for _, z := range fx.allZones() {
		errs = append(errs, z.ecs.Close(ctx))
	}
	errs = append(errs, fx.targets.Close(ctx), fx.runtime.Close(ctx), fx.agent.Close(ctx), fx.endpoint.close(ctx))
	fx.Logs.Close()
	errs = append(errs, fx.Events.Close(ctx))
	return errors.Join(errs...)
}

// place is where a request belongs: AWS keeps every account and region apart.
type place struct{ account, region string }

// zone holds the services of one place.
type zone struct {
	ecs        *server.Service
	secrets    *secrets.Store
	cloudWatch *logs.CloudWatch
	services   []*awsjson.Service
}

// zoneOf returns the zone that a request is signed for.
func (fx *Fixture) zoneOf(c awsjson.Caller) *zone { return fx.zone(fx.placeOf(c)) }

// placeOf is the place that a request is signed for.
func (fx *Fixture) placeOf(c awsjson.Caller) place {
	p := place{fx.Account, fx.Region}
	if s, ok := fx.sessions.Find(c.AccessKey); ok {
		p.account = s.Account
	}
	if c.Account != "" {
		p.account = c.Account
	}
	if c.Region != "" {
		p.region = c.Region
	}
	return p
}

// zone returns the zone of a place; the first request makes it.
func (fx *Fixture) zone(p place) *zone {
	fx.mu.Lock()
	defer fx.mu.Unlock()
	if z, ok := fx.zones[p]; ok {
		return z
	}
	z := fx.newZone(p)
	fx.zones[p] = z
	return z
}

// home is the zone of the fixture's region and account.
func (fx *Fixture) home() *zone { return fx.zone(place{fx.Account, fx.Region}) }

func (fx *Fixture) newZone(p place) *zone {
	return fx.zoneWith(p, secrets.NewStore(p.account, p.region), logs.NewCloudWatch(p.account, p.region))
}

// sessionARN is the role's session that makes a call, empty if none does.
func (fx *Fixture) sessionARN(ctx context.Context) string {
	s, ok := fx.sessions.Find(awsjson.CallerFrom(ctx).AccessKey)
	if !ok {
		return ""
	}
	return s.ARN()
}

// zoneWith returns a zone with an ECS of its own around the stores.
func (fx *Fixture) zoneWith(p place, s *secrets.Store, cloudWatch *logs.CloudWatch) *zone {
	z := &zone{secrets: s, cloudWatch: cloudWatch}
	source := fx.Events.Source(p.account, p.region)
	z.ecs = server.New(server.Config{
		Account: p.account, Region: p.region,
		Runtime: fx.runtime,
		Secrets: z.secrets,
		Logs:    &logLink{sink: fx.Logs, cloudWatch: z.cloudWatch},
		Caller:  fx.sessionARN,
		Files:   fx.Files.read,
		Targets: fx.targets,
		Agent:   fx.agent,
		Logger:  fx.log,

		FileSystems: fx.options.fileSystems,
		TaskChanged: source.TaskChanged, ServiceEvent: serviceEvents(source),
		InstanceChanged: source.ContainerInstanceChanged, NoImplicitInstance: fx.options.noImplicit,
	})
	z.services = append(z.secrets.Services(), z.ecs.API(), z.cloudWatch.API())
	return z
}

func (fx *Fixture) allZones() (all []*zone) {
	fx.mu.Lock()
	defer fx.mu.Unlock()
	for _, z := range fx.zones {
		all = append(all, z)
	}
	return all
}

// zoneOfARN returns the zone that a resource's ARN names, the fixture's own
// where it is no ARN.
func (fx *Fixture) zoneOfARN(arn string) *zone {
	region, account, ok := splitARN(arn)
	if !ok {
		return fx.home()
	}
	return fx.zone(place{account, region})
}

// Handler returns the endpoint as an [http.Handler], to be served elsewhere.
func (fx *Fixture) Handler() http.Handler { return fx.endpoint.handler }

// String says where the fixture is.
func (fx *Fixture) String() string {
	return fmt.Sprintf("ecsfixture %s (%s, account %s)", fx.URL, fx.Region, fx.Account)
}

// defaultCloseTimeout bounds the cleanup of a test's fixture.
const defaultCloseTimeout = time.Minute
