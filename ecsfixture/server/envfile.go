package server

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// filesOf are the environment files of a container; an override replaces the
// definition's list.
func filesOf(d types.ContainerDefinition, o types.ContainerOverride) []types.EnvironmentFile {
	if o.EnvironmentFiles != nil {
		return o.EnvironmentFiles
	}
	return d.EnvironmentFiles
}

// environmentFiles reads files from the first to the last; the first to name
// a variable sets it.
func (s *Service) environmentFiles(ctx context.Context, files []types.EnvironmentFile) (env []runtime.EnvVar, err error) {
	for _, f := range files {
		vars, err := s.environmentFile(ctx, *f.Value)
		if err != nil {
			return nil, runtime.Errorf(runtime.ResourceInitialization, reasonEnvFile, err)
		}
		env = addNew(env, vars)
	}
	return env, nil
}

func (s *Service) environmentFile(ctx context.Context, ref string) ([]runtime.EnvVar, error) {
	if s.cfg.Files == nil {
		return nil, errors.New("no files are set up for " + ref)
	}
	body, err := s.cfg.Files(ctx, ref)
	if err != nil {
		return nil, err
	}
	return parseEnvFile(body), nil
}

func addNew(env, more []runtime.EnvVar) []runtime.EnvVar {
	have := map[string]bool{}
	for _, v := range env {
		have[v.Name] = true
	}
	for _, v := range more {
		if !have[v.Name] {
			env = append(env, v)
		}
	}
	return env
}

// parseEnvFile reads lines of VARIABLE=VALUE; those without the one or the
// other don't count. Lines that begin with # are comments; quotes and spaces
// are part of the value.
func parseEnvFile(body []byte) (env []runtime.EnvVar) {
	lines := bufio.NewScanner(bytes.NewReader(body))
	lines.Buffer(nil, len(body)+1)
	for lines.Scan() {
		name, value, ok := strings.Cut(strings.TrimSuffix(lines.Text(), "\r"), "=")
		if ok && name != "" && value != "" && !strings.HasPrefix(name, "#") {
			env = setVar(env, name, value)
		}
	}
	return env
}
