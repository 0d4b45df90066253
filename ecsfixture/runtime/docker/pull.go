package docker

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/pkg/authconfig"
	"github.com/moby/moby/api/types/jsonstream"
	"github.com/moby/moby/api/types/registry"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// A pull that takes longer than pullQuiet tells the logger how it gets on,
// once every pullTell.
const (
	pullQuiet = 2 * time.Second
	pullTell  = 5 * time.Second
)

// Pull implements [runtime.Runtime].
func (r *Runtime) Pull(ctx context.Context, ref string, auth *runtime.RegistryAuth) (runtime.Image, error) {
	if r.life.Err() != nil {
		return runtime.Image{}, errClosed
	}
	ctx, stop := r.scoped(ctx)
	defer stop()
	key, name := ref, r.resolve(ref)
	if auth != nil {
		key = strings.Join([]string{ref, auth.Username, auth.Password}, "\x00")
	}
	return r.pulls.do(ctx, key, func(ctx context.Context) (runtime.Image, error) {
		img, err := r.obtain(ctx, name, auth)
		return img, pullError(ctx, err)
	})
}

// obtain follows the pull policy.
func (r *Runtime) obtain(ctx context.Context, name string, auth *runtime.RegistryAuth) (runtime.Image, error) {
	if r.policy != PullAlways {
		img, err := r.localImage(ctx, name)
		if r.policy == PullNever || !errdefs.IsNotFound(err) {
			return img, err
		}
	}
	if err := r.pull(ctx, name, auth); err != nil {
		return runtime.Image{}, err
	}
	return r.localImage(ctx, name)
}

func (r *Runtime) localImage(ctx context.Context, name string) (runtime.Image, error) {
	img, err := r.engine.client.ImageInspect(ctx, name)
	if err != nil {
		return runtime.Image{}, err
	}
	return runtime.Image{ID: img.ID, Digest: digest(name, img.ID, img.RepoDigests)}, nil
}

// digest prefers the one of the repository that name names.
func digest(name, id string, repoDigests []string) string {
	found := id
	for i, d := range repoDigests {
		repo, sum, _ := strings.Cut(d, "@")
		rest, same := strings.CutPrefix(name, repo)
		if i == 0 || same && (rest == "" || strings.ContainsRune(":@", rune(rest[0]))) {
			found = sum
		}
	}
	return found
}

func (r *Runtime) pull(ctx context.Context, name string, auth *runtime.RegistryAuth) error {
	login, err := registryAuth(ctx, name, auth)
	if err != nil {
		return err
	}
	res, err := r.engine.client.ImagePull(ctx, name, client.ImagePullOptions{RegistryAuth: login})
	if err != nil {
		return err
	}
	defer res.Close()
	progress := pullProgress{log: r.log.With("image", name), next: time.Now().Add(pullQuiet)}
	for msg, err := range res.JSONMessages(ctx) {
		if err != nil {
			return err
		}
		if msg.Error != nil {
			return errors.New(daemonPrefix + msg.Error.Message)
		}
		progress.tell(msg)
	}
	return ctx.Err()
}

// pullProgress reports on a slow pull.
type pullProgress struct {
	log  *slog.Logger
	next time.Time
}

func (p *pullProgress) tell(m jsonstream.Message) {
	now := time.Now()
	if now.Before(p.next) || m.Progress == nil || m.Progress.Total == 0 {
		return
	}
	p.next = now.Add(pullTell)
	p.log.Info("still pulling", "layer", m.ID, "status", m.Status, "bytes", m.Progress.Current, "of", m.Progress.Total)
}

// registryAuth is the login to send: the given one, else the one that the
// Docker configuration of the user holds for the image's registry.
func registryAuth(ctx context.Context, name string, auth *runtime.RegistryAuth) (string, error) {
	if auth != nil {
		return authconfig.Encode(registry.AuthConfig{Username: auth.Username, Password: auth.Password})
	}
	_, cfg, err := testcontainers.DockerImageAuth(ctx, name)
	if err != nil {
		return "", nil // public, or the engine will say what's missing
	}
	return authconfig.Encode(cfg)
}

// pullError gives a failure the name and the words that ECS has for it.
func pullError(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return err
	}
	return runtime.Named(runtime.CannotPullContainer, daemonError(err))
}
