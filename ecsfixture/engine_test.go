package ecsfixture_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
)

// The tests without an engine change the environment: they are not parallel.

func TestStartWithoutEngineNamesTheRemedy(t *testing.T) {
	t.Setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
	test := pretend(t, func(t testing.TB) { ecsfixture.Start(t) })
	require.Len(t, test.failures, 1)
	assert.Contains(t, test.failures[0],
		"no Docker engine answers: start Docker, or set DOCKER_HOST to an engine that runs, and try again")
	assert.False(t, strings.Contains(test.failures[0], "\n"), "it is one line")
	assert.Empty(t, test.skipped)

	_, err := ecsfixture.New(t.Context())
	assert.ErrorIs(t, err, ecsfixture.ErrNoEngine)
}

func TestSkipWithoutDocker(t *testing.T) {
	t.Setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
	test := pretend(t, func(t testing.TB) { ecsfixture.Start(t, ecsfixture.SkipWithoutDocker()) })
	assert.Empty(t, test.failures)
	assert.Contains(t, test.skipped, "no Docker engine answers")
}

func TestRuntimeByEnvironment(t *testing.T) {
	t.Setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
	t.Setenv(ecsfixture.RuntimeVariable, "simulated")
	assert.Empty(t, pretend(t, func(t testing.TB) { ecsfixture.Start(t) }).failures)

	t.Setenv(ecsfixture.RuntimeVariable, "podman")
	_, err := ecsfixture.New(t.Context())
	assert.EqualError(t, err, `ECSFIXTURE_RUNTIME is "podman"; it can be docker or simulated`)
}
