package testimage_test

import (
	"testing"

	"github.com/moby/moby/client"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/testimage"
)

func TestBusybox(t *testing.T) {
	name := testimage.Busybox(t)
	cli, err := client.New(client.FromEnv)
	require.NoError(t, err)
	defer cli.Close()
	img, err := cli.ImageInspect(t.Context(), name)
	require.NoError(t, err)
	require.Equal(t, []string{"sh"}, []string(img.Config.Cmd))
}
