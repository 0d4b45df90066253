package terraform

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// initTimeout bounds the download of the provider.
const initTimeout = 3 * time.Minute

// workspace is a directory with main.tf in which terraform works on a fixture.
type workspace struct {
	*testing.T
	dir string
	url string
}

// terraform runs the program and returns its exit code and output.
func (w workspace) terraform(args ...string) (code int, output string) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), initTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "terraform", args...)
	cmd.Dir, cmd.WaitDelay = w.dir, time.Second
	cmd.Env = append(os.Environ(), "TF_IN_AUTOMATION=1", "TF_INPUT=0", "CHECKPOINT_DISABLE=1", "TF_VAR_endpoint="+w.url)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.Fatalf("terraform %v: %v\n%s", args, err, out)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

func newWorkspace(t *testing.T, url string) workspace {
	t.Helper()
	if _, err := exec.LookPath("terraform"); err != nil {
		t.Skip("terraform isn't installed")
	}
	w := workspace{t, t.TempDir(), url}
	text, err := os.ReadFile("main.tf")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(w.dir, "main.tf"), text, 0o600))
	return w
}

func TestFormat(t *testing.T) {
	t.Parallel()
	code, out := newWorkspace(t, "").terraform("fmt", "-check", "-diff")
	assert.Zero(t, code, out)
}

// TestApply has the real provider apply main.tf, find nothing left to do, and
// TestApply has the real provider apply main.tf, find nothing left to do, and
// destroy it. It runs where it is asked for, by make terraform: the provider
// comes from a registry.
func TestApply(t *testing.T) {
	if os.Getenv("ECSFIXTURE_TERRAFORM") == "" {
		t.Skip("ECSFIXTURE_TERRAFORM isn't set, so that the provider is not downloaded")
	}
	t.Parallel()
	p := newProvider(t)
	w := newWorkspace(t, p.fx.URL)
	code, out := w.terraform("init", "-no-color")
	require.Zero(t, code, out)
	code, out = w.terraform("apply", "-no-color", "-auto-approve")
	require.Zero(t, code, out)
	code, out = w.terraform("plan", "-no-color", "-detailed-exitcode")
	assert.Zero(t, code, "a second plan is not empty: %s", out)
	code, out = w.terraform("destroy", "-no-color", "-auto-approve")
	require.Zero(t, code, out)
	list, err := p.ListClusters(t.Context(), &ecs.ListClustersInput{})
	require.NoError(t, err)
	assert.Equal(t, []string{"arn:aws:ecs:us-east-1:000000000000:cluster/default"}, list.ClusterArns)
}
