package server

import (
	"context"
	"maps"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// inputs is what a task needs from elsewhere before it starts, by container.
type inputs struct {
	env        map[string][]runtime.EnvVar
	logOptions map[string]map[string]string
	auth       map[string]*runtime.RegistryAuth
}

// fetchInputs fetches all inputs of a task, once: a secret that is rotated
// later needs a new task.
func (s *Service) fetchInputs(ctx context.Context, t *task) (inputs, error) {
	in := inputs{
		env:        map[string][]runtime.EnvVar{},
		logOptions: map[string]map[string]string{},
		auth:       map[string]*runtime.RegistryAuth{},
	}
	for _, d := range t.definition.def.ContainerDefinitions {
		if err := s.fetchInput(ctx, t, d, in); err != nil {
			return in, err
		}
	}
	return in, s.checkLogins(ctx, t.definition.def.Volumes)
}

// checkLogins fetches the logins of FSx file systems. Their stand-ins need
// none, but without it the task would not start.
func (s *Service) checkLogins(ctx context.Context, volumes []types.Volume) error {
	for _, v := range volumes {
		if f := v.FsxWindowsFileServerVolumeConfiguration; f != nil {
			if _, err := s.cfg.Secrets.Resolve(ctx, *f.AuthorizationConfig.CredentialsParameter); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) fetchInput(ctx context.Context, t *task, d types.ContainerDefinition, in inputs) (err error) {
	if in.env[*d.Name], err = s.environment(ctx, d, overrideOf(t, *d.Name)); err != nil {
		return err
	}
	if in.logOptions[*d.Name], err = s.logOptions(ctx, d.LogConfiguration); err != nil {
		return err
	}
	in.auth[*d.Name], err = s.registryAuth(ctx, d.RepositoryCredentials)
	return err
}

// environment merges a container's variables: environment files, over them
// the definition's, over them the override's; secrets stand beside them.
func (s *Service) environment(ctx context.Context, d types.ContainerDefinition, o types.ContainerOverride) ([]runtime.EnvVar, error) {
	env, err := s.environmentFiles(ctx, filesOf(d, o))
	if err != nil {
		return nil, err
	}
	for _, kv := range append(d.Environment[:len(d.Environment):len(d.Environment)], o.Environment...) {
		env = setVar(env, deref(kv.Name), deref(kv.Value))
	}
	for _, secret := range d.Secrets {
		value, err := s.cfg.Secrets.Resolve(ctx, *secret.ValueFrom)
		if err != nil {
			return nil, err
		}
		env = setVar(env, *secret.Name, value)
	}
	return env, nil
}

func (s *Service) logOptions(ctx context.Context, c *types.LogConfiguration) (map[string]string, error) {
	if c == nil {
		return nil, nil
	}
	options := maps.Clone(c.Options)
	for _, secret := range c.SecretOptions {
		value, err := s.cfg.Secrets.Resolve(ctx, *secret.ValueFrom)
		if err != nil {
			return nil, err
		}
		if options == nil {
			options = map[string]string{}
		}
		options[*secret.Name] = value
	}
	return options, nil
}

func (s *Service) registryAuth(ctx context.Context, c *types.RepositoryCredentials) (*runtime.RegistryAuth, error) {
	if c == nil {
		return nil, nil
	}
	user, password, err := s.cfg.Secrets.RegistryAuth(ctx, *c.CredentialsParameter)
	if err != nil {
		return nil, err
	}
	return &runtime.RegistryAuth{Username: user, Password: password}, nil
}

// setVar sets a variable, in its old place if it has one.
func setVar(env []runtime.EnvVar, name, value string) []runtime.EnvVar {
	for i := range env {
		if env[i].Name == name {
			env[i].Value = value
			return env
		}
	}
	return append(env, runtime.EnvVar{Name: name, Value: value})
}

// overrideOf returns what RunTask overrode of a container.
func overrideOf(t *task, name string) types.ContainerOverride {
	return containerOverride(t.api.Overrides, name)
}

func containerOverride(in *types.TaskOverride, name string) types.ContainerOverride {
	for _, o := range deref(in).ContainerOverrides {
		if deref(o.Name) == name {
			return o
		}
	}
	return types.ContainerOverride{}
}

func deref[T any](p *T) (zero T) {
	if p == nil {
		return zero
	}
	return *p
}
