package docker_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/moby/moby/client"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/docker"
)

func TestBuildGoImage(t *testing.T) {
	cli, name := engineClient(t), "ecsfixture-hello:test"
	t.Cleanup(func() { _, _ = cli.ImageRemove(context.Background(), name, client.ImageRemoveOptions{}) })
	var ids []string
	for range 2 {
		require.NoError(t, docker.BuildGoImage(t.Context(), "testdata/hello", name))
		img, err := cli.ImageInspect(t.Context(), name)
		require.NoError(t, err)
		require.Equal(t, []string{"/app"}, []string(img.Config.Entrypoint))
		ids = append(ids, img.ID)
	}
	require.Equal(t, ids[0], ids[1], "an unchanged program is kept")
}

func TestBuildGoImageTellsCompilerErrors(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module broken\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "main.go"), []byte("package main\nfunc main() { nope() }\n"), 0o644))
	err := docker.BuildGoImage(t.Context(), dir, "ecsfixture-broken:test")
	require.ErrorContains(t, err, "undefined: nope")
	require.NotRegexp(t, `\n$`, err.Error())
	require.NotRegexp(t, `\n$`, docker.BuildGoImage(t.Context(), "none", "ecsfixture-broken:test").Error())
}
