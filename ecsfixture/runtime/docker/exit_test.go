package docker_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

func TestExitCodes(t *testing.T) {
	r := newRuntime(t)
	for script, code := range map[string]int{
		"exit 0":        0,
		"exit 1":        1,
		"kill -KILL $$": 137,
		"kill -TERM $$": 143,
		"kill -SEGV $$": 139,
	} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			// A shell that is process 1 is deaf to its own signals.
			p := run(t, newTask(t, r, runtime.TaskSpec{}), shell(t, "sh -c '"+script+"'; exit $?"))
			e := p.exit()
			require.Equal(t, code, e.ExitCode)
			require.False(t, e.OOMKilled)
			require.WithinDuration(t, time.Now(), e.At, patience)
		})
	}
}

func TestOutOfMemory(t *testing.T) {
	task := newTask(t, newRuntime(t), runtime.TaskSpec{})
	spec := shell(t, "exec tail /dev/zero")
	spec.Memory = 8
	e := run(t, task, spec).exit()
	require.Equal(t, 137, e.ExitCode)
	require.True(t, e.OOMKilled)
}

func TestLinesComeLiveAndBeforeTheExit(t *testing.T) {
	task := newTask(t, newRuntime(t), runtime.TaskSpec{})
	const n = 5000
	p := run(t, task, shell(t, fmt.Sprintf(`echo first; cat; for i in $(seq %d); do echo $i; done; printf last`, n)))
	require.Equal(t, "first", p.line().Text)
	require.Zero(t, p.exit().ExitCode)
	want := []string{"first"}
	for i := range n {
		want = append(want, fmt.Sprint(i+1))
	}
	require.True(t, slices.Equal(append(want, "last"), p.texts()), "%d lines", len(p.texts()))
	story := p.told()
	require.IsType(t, runtime.Event{}, story[len(story)-1], "nothing follows the exit")
}
