package terraform

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// commandTimeout bounds a run of terraform, the provider's download and its
// own waits included.
const commandTimeout = 5 * time.Minute

// workspace is a directory with a main.tf in which terraform works on a
// fixture.
type workspace struct {
	*testing.T
	dir string
	url string
}

// newWorkspace copies the main.tf of a directory.
func newWorkspace(t *testing.T, from, url string) workspace {
	t.Helper()
	if _, err := exec.LookPath("terraform"); err != nil {
		t.Skip("terraform isn't installed")
	}
	w := workspace{t, t.TempDir(), url}
	text, err := os.ReadFile(filepath.Join(from, "main.tf"))
	require.NoError(t, err)
	w.write("main.tf", string(text))
	return w
}

// newProviderWorkspace is a workspace with the real provider in it: from the
// directory that ECSFIXTURE_TERRAFORM names, in the layout of a mirror, else
// from the provider's registry.
func newProviderWorkspace(t *testing.T, from, url string) workspace {
	t.Helper()
	mirror := os.Getenv("ECSFIXTURE_TERRAFORM")
	if mirror == "" {
		t.Skip("ECSFIXTURE_TERRAFORM isn't set, so that the provider is not downloaded")
	}
	w := newWorkspace(t, from, url)
	args := []string{"init"}
	if info, err := os.Stat(mirror); err == nil && info.IsDir() {
		args = append(args, "-plugin-dir="+mirror)
	}
	w.succeed(args...)
	return w
}

func (w workspace) write(name, text string) {
	w.Helper()
	require.NoError(w, os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o600))
}

// terraform runs the program and returns its exit code and output.
func (w workspace) terraform(args ...string) (code int, output string) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), commandTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "terraform", args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // so that it ends the provider
	cmd.Dir, cmd.WaitDelay = w.dir, 10*time.Second
	cmd.Env = append(os.Environ(), "TF_IN_AUTOMATION=1", "TF_INPUT=0", "CHECKPOINT_DISABLE=1", "TF_CLI_ARGS=-no-color",
		"TF_CLI_CONFIG_FILE="+os.DevNull, "TF_VAR_endpoint="+w.url)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.Fatalf("terraform %v: %v\n%s", args, err, out)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

func (w workspace) succeed(args ...string) (output string) {
	w.Helper()
	code, output := w.terraform(args...)
	require.Zero(w, code, "terraform %v: %s", args, output)
	return output
}

// apply applies what is written, and then finds nothing left to do.
func (w workspace) apply(args ...string) {
	w.Helper()
	w.succeed(append([]string{"apply", "-auto-approve"}, args...)...)
	w.succeed(append([]string{"plan", "-detailed-exitcode"}, args...)...)
}

// read returns an output.
func (w workspace) read(name string) (values map[string]any) {
	w.Helper()
	require.NoError(w, json.Unmarshal([]byte(w.succeed("output", "-json", name)), &values))
	return values
}
