package docker

import (
	"crypto/rand"
	"encoding/hex"
	"log/slog"
)

// PullPolicy says when an image is pulled.
type PullPolicy string

// The pull policies, as `docker run --pull` names them.
const (
	PullMissing PullPolicy = "missing" // pull what the engine doesn't have
	PullAlways  PullPolicy = "always"  // ask the registry each time
	PullNever   PullPolicy = "never"   // use what the engine has
)

type options struct {
	session  string
	policy   PullPolicy
	log      *slog.Logger
	registry string
	aliases  map[string]string
	holder   string
}

// Option changes how a [Runtime] works.
type Option func(*options)

// WithSession names the session, the value of the label ecsfixture.session.
// It is random by default.
func WithSession(id string) Option { return func(o *options) { o.session = id } }

// WithPullPolicy says when images are pulled. The default is [PullMissing].
func WithPullPolicy(p PullPolicy) Option { return func(o *options) { o.policy = p } }

// WithLogger sends what the runtime has to say to l. It is quiet by default.
func WithLogger(l *slog.Logger) Option { return func(o *options) { o.log = l } }

// WithRegistry takes images of ECR, whatever account and region they name,
// from the registry host instead.
func WithRegistry(host string) Option { return func(o *options) { o.registry = host } }

// WithImages uses other images in place of those that the keys name.
func WithImages(aliases map[string]string) Option {
	return func(o *options) { o.aliases = aliases }
}

// WithHolder takes the program that keeps the namespaces of tasks from a file
// instead of building it with the Go toolchain: the directory holder of this
// package, built with CGO_ENABLED=0 for Linux and the engine's architecture.
func WithHolder(path string) Option { return func(o *options) { o.holder = path } }

func newOptions(opts []Option) options {
	o := options{session: randomID(), policy: PullMissing, log: slog.New(slog.DiscardHandler)}
	for _, opt := range opts {
		opt(&o)
	}
	return o
}

func randomID() string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
