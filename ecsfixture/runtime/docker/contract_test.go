package docker_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/testimage"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/docker"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/runtimetest"
)

func TestContract(t *testing.T) {
	h := runtimetest.Shell(func(tb testing.TB) runtime.Runtime {
		r, err := docker.New(tb.Context())
		require.NoError(tb, err)
		return r
	}, testimage.Busybox(t))
	h.Left = func(r runtime.Runtime) []string {
		return leftovers(t, docker.LabelSession+"="+r.(*docker.Runtime).Session())
	}
	runtimetest.Run(t, h)
}
