//go:build unix

package main

import (
	"bufio"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestExecPassesExitCodesOn on both runtimes.
func TestExecPassesExitCodesOn(t *testing.T) {
	t.Parallel()
	for runtime, flags := range map[string][]string{
		"docker": {"--session", session(t)}, "simulated": {"--runtime", "simulated"},
	} {
		for line, want := range map[string]int{
			"true": 0, "exit 3": 3, "kill -TERM $$": 128 + int(syscall.SIGTERM), "kill -KILL $$": 128 + int(syscall.SIGKILL),
		} {
			args := append(append([]string{"exec"}, flags...), "--", "sh", "-c", line)
			o := ended(t, command(t, args...))
			assert.Equal(t, want, o.code, "%s: %s: %s", runtime, line, o.errors)
			assert.Empty(t, o.out)
		}
	}
}

func TestExecWithoutACommandToRun(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{"no-such-command": 127, "/no/such/command": 127, "/etc/passwd": 126} {
		o := ended(t, command(t, "exec", "--runtime", "simulated", "--", name))
		assert.Equal(t, want, o.code, name)
		assert.Contains(t, o.errors, "the command can't be run")
	}
	cmd := command(t, "exec", "--", "true")
	cmd.Env = append(cmd.Env, "DOCKER_HOST=unix:///nowhere.sock")
	o := ended(t, cmd)
	assert.Equal(t, 125, o.code)
	assert.Contains(t, o.errors, "the endpoint can't start")
}

// TestExecSetsTheEnvironment and takes away what would lead elsewhere. Flags
// after the command's name are the command's.
func TestExecSetsTheEnvironment(t *testing.T) {
	t.Parallel()
	cmd := command(t, "exec", "--runtime=simulated", "--account=123456789012", "sh", "-c", `env; echo "args $*"`, "sh", "--runtime", "x", "--", "y")
	cmd.Env = append(cmd.Env, "AWS_REGION=eu-west-1", "AWS_SESSION_TOKEN=real", "AWS_ENDPOINT_URL_S3=http://elsewhere")
	o := ended(t, cmd)
	require.Zero(t, o.code, o.errors)
	assert.Contains(t, o.out, "args --runtime x -- y\n")
	lines := strings.Split(o.out, "\n")
	assert.Subset(t, lines, []string{
		"AWS_REGION=eu-west-1", "AWS_DEFAULT_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=123456789012",
		"AWS_SECRET_ACCESS_KEY=ecsfixture", "AWS_ENDPOINT_URL_S3=http://elsewhere",
	})
	assert.Regexp(t, `(?m)^AWS_ENDPOINT_URL=http://127\.0\.0\.1:\d+$`, o.out)
	for _, name := range otherwise {
		assert.NotRegexp(t, "(?m)^"+name+"=", o.out)
	}
}

// TestExecForwardsSignals: the command decides what they mean.
func TestExecForwardsSignals(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGUSR1} {
		cmd := command(t, "exec", "--runtime", "simulated", "--", "sh", "-c", `trap 'echo told; exit 7' TERM INT HUP USR1; echo up; while :; do sleep 0.05; done`)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // no terminal is in the way
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		lines := bufio.NewScanner(out)
		require.True(t, lines.Scan())
		require.Equal(t, "up", lines.Text())
		require.NoError(t, cmd.Process.Signal(sig))
		require.True(t, lines.Scan(), sig)
		assert.Equal(t, "told", lines.Text())
		readAll(out)
		_ = cmd.Wait() // the code says it
		assert.Equal(t, 7, cmd.ProcessState.ExitCode(), sig)
	}
}

// script runs a task with the aws command line alone.
const script = `
set -eu
td=$(aws ecs register-task-definition --family job --container-definitions "$1" --query taskDefinition.taskDefinitionArn --output text)
task=$(aws ecs run-task --task-definition "$td" --query 'tasks[0].taskArn' --output text)
if [ "$2" = stop ]; then
	aws ecs wait tasks-running --tasks "$task"
	aws ecs stop-task --task "$task" --reason enough >/dev/null
fi
aws ecs wait tasks-stopped --tasks "$task"
aws ecs describe-tasks --tasks "$task" --query 'tasks[0].[stopCode,stoppedReason,containers[0].exitCode]' --output text
`

// TestExecRunsTheCommandLine: no option tells it where the endpoint is.
func TestExecRunsTheCommandLine(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("aws"); err != nil {
		t.Fatalf("this test needs the aws command line: run \"apt-get install awscli\" (%v)", err)
	}
	job := `[{"name":"app","image":"` + image(t) + `","memory":32,"command":["job"],"environment":[{"name":"EXIT","value":"4"}]}]`
	for runtime, c := range map[string]struct {
		flags      []string
		then, want string
	}{
		"docker":    {[]string{"--session", session(t)}, "wait", "EssentialContainerExited\tEssential container in task exited\t4\n"},
		"simulated": {[]string{"--runtime", "simulated"}, "stop", "UserInitiated\tenough\t143\n"},
	} {
		t.Run(runtime, func(t *testing.T) {
			t.Parallel()
			o := ended(t, command(t, append(append([]string{"exec"}, c.flags...), "--", "sh", "-c", script, "sh", job, c.then)...))
			assert.Zero(t, o.code, o.errors)
			assert.Equal(t, c.want, o.out)
		})
	}
}
