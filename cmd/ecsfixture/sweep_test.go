package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/docker"
)

// TestKilledServeIsSwept. Others on the engine sweep as well when they start,
// so that there may be less to remove than was left.
func TestKilledServeIsSwept(t *testing.T) {
	t.Parallel()
	name := session(t)
	s := serve(t, "--session", name)
	s.runAwsvpc(t, image(t))
	require.NoError(t, s.Process.Kill())
	_ = s.Wait() // of a killed process
	o := ended(t, command(t, "sweep"))
	assert.Zero(t, o.code, o.errors)
	assert.Regexp(t, regexp.MustCompile(`^(nothing to remove\n|(removed (container|network|volume) \S+\n)+)$`), o.out)
	assertNothingLeft(t, name)
}

// TestSweepSpares what belongs to a running process, unless its session is
// named.
func TestSweepSpares(t *testing.T) {
	t.Parallel()
	name := session(t)
	s := serve(t, "--session", name)
	s.runAwsvpc(t, image(t))
	o := ended(t, command(t, "sweep"))
	assert.Zero(t, o.code, o.errors)
	assert.NotContains(t, o.out, name)

	o = ended(t, command(t, "sweep", "--session", name))
	assert.Zero(t, o.code, o.errors)
	assert.Equal(t, 2, strings.Count(o.out, "removed container "), o.out)
	assert.Equal(t, 1, strings.Count(o.out, "removed network "), o.out)
	left, err := docker.SweepSession(t.Context(), name)
	require.NoError(t, err)
	assert.Empty(t, left)
	assert.Zero(t, s.stop(t), s.log)

	o = ended(t, command(t, "sweep", "--session", name))
	assert.Equal(t, outcome{0, "nothing to remove\n", ""}, o)
}
