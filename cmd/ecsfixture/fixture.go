package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/docker"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

// closeTimeout bounds the removal of everything.
const closeTimeout = time.Minute

// fixtureFlags say what a fixture is like.
type fixtureFlags struct {
	Address  string `default:"127.0.0.1:0" placeholder:"HOST:PORT" help:"Where the API listens; port 0 is a free one. Whoever reaches it can run containers."`
	Region   string `env:"AWS_REGION,AWS_DEFAULT_REGION" help:"The region of what --seed names; us-east-1 by default."`
	Account  string `default:"000000000000" help:"The account, 12 digits."`
	Runtime  string `default:"docker" enum:"docker,simulated" env:"ECSFIXTURE_RUNTIME" help:"What runs containers: docker or simulated, which has none."`
	Seed     string `placeholder:"FILE" type:"existingfile" help:"YAML or JSON with secrets, parameters and images to begin with."`
	Registry string `placeholder:"HOST" help:"Where images of ECR are pulled from instead."`
	Pull     string `default:"missing" enum:"missing,always,never" help:"When images are pulled: missing, always or never."`
	Session  string `placeholder:"NAME" help:"A name for what is made in the Docker engine, for sweep --session; random by default. Not for two at a time."`
}

var (
	account = regexp.MustCompile(`^\d{12}$`)
	region  = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-\d+$`)
)

// Validate is called by kong.
func (f *fixtureFlags) Validate() error {
	f.Region = cmp.Or(f.Region, ecsfixture.DefaultRegion)
	switch {
	case !region.MatchString(f.Region):
		return fmt.Errorf("--region: %q is no region, such as us-east-1", f.Region)
	case !account.MatchString(f.Account):
		return fmt.Errorf("--account: %q does not have 12 digits", f.Account)
	case f.Runtime == "simulated" && (f.Registry != "" || f.Session != "" || f.Pull != "missing"):
		return fmt.Errorf("--registry, --pull and --session are for --runtime docker")
	}
	_, _, err := net.SplitHostPort(f.Address)
	return err
}

// start starts the fixture, seeded.
func (f *fixtureFlags) start(ctx context.Context, log *slog.Logger) (*ecsfixture.Fixture, error) {
	seed, err := readSeed(f.Seed)
	if err != nil {
		return nil, err
	}
	f.warn(log, seed)
	return ecsfixture.New(ctx,
		ecsfixture.WithLogger(log), ecsfixture.WithAddress(f.Address),
		ecsfixture.WithRegion(f.Region), ecsfixture.WithAccount(f.Account),
		f.runtime(seed), ecsfixture.WithSetup(func(fx *ecsfixture.Fixture) error {
			fx.Intercept(func(_ context.Context, c ecsfixture.Call) error {
				log.Debug("call", "service", c.Service, "operation", c.Operation)
				return nil
			})
			return seed.plant(fx, log)
		}))
}

func (f *fixtureFlags) runtime(s seed) ecsfixture.Option {
	if f.Runtime == "simulated" {
		return ecsfixture.WithRuntime(simulated.New())
	}
	opts := []docker.Option{docker.WithImages(s.Images), docker.WithPullPolicy(docker.PullPolicy(f.Pull))}
	if f.Registry != "" {
		opts = append(opts, docker.WithRegistry(f.Registry))
	}
	if f.Session != "" {
		opts = append(opts, docker.WithSession(f.Session))
	}
	if path, ok := holder(); ok {
		opts = append(opts, docker.WithHolder(path))
	}
	return ecsfixture.WithDocker(opts...)
}

// holder is the program beside this one that keeps the namespaces of tasks,
// for machines without the Go toolchain.
func holder() (path string, ok bool) {
	self, err := os.Executable()
	if err != nil {
		return "", false
	}
	path = filepath.Join(filepath.Dir(self), "ecsfixture-holder")
	_, err = os.Stat(path)
	return path, err == nil
}

// warn tells what may not be meant.
func (f *fixtureFlags) warn(log *slog.Logger, s seed) {
	if !isLoopback(f.Address) {
		log.Warn("the API listens beyond the loopback: whoever reaches it can run containers on this machine", "address", f.Address)
	}
	if f.Runtime == "simulated" && len(s.Images) > 0 {
		log.Warn("images of the seed have no effect: the simulated runtime has no images", "seed", f.Seed)
	}
}

// isLoopback reports whether only this machine reaches an address.
func isLoopback(address string) bool {
	host, _, _ := net.SplitHostPort(address)
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// end closes the fixture. What it can't remove is the business of sweep.
func end(fx *ecsfixture.Fixture) error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	if err := fx.Close(ctx); err != nil {
		return fmt.Errorf("not all is removed; ecsfixture sweep removes the rest: %w", err)
	}
	return nil
}
