package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/docker"
)

// binary is the program that the tests run.
var binary string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	_ = os.Setenv("TESTCONTAINERS_RYUK_DISABLED", "true") // its image can't be had everywhere
	dir, err := os.MkdirTemp("", "ecsfixture-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "ecsfixture")
	if out, err := exec.Command("go", "build", "-race", "-o", binary, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// command is the program with arguments, and an environment that leads nowhere
// unless the program changes it.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.Env = append(os.Environ(), "AWS_PROFILE=none", "AWS_ENDPOINT_URL_ECS=http://127.0.0.1:1",
		"AWS_REGION=", "AWS_DEFAULT_REGION=", "ECSFIXTURE_RUNTIME=docker", "AWS_PAGER=",
		"AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull)
	return cmd
}

// outcome is what a program left behind.
type outcome struct {
	code        int
	out, errors string
}

func ended(t *testing.T, cmd *exec.Cmd) outcome {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	_ = cmd.Run() // the code says it
	return outcome{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// session is a name for what a test makes in the engine, which is to be empty
// when the test ends.
func session(t *testing.T) string {
	t.Helper()
	name := fmt.Sprintf("%s-%d", strings.ToLower(strings.ReplaceAll(t.Name(), "/", "-")), os.Getpid())
	t.Cleanup(func() { assertNothingLeft(t, name) })
	return name
}

func assertNothingLeft(t *testing.T, session string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	left, err := docker.SweepSession(ctx, session)
	assert.NoError(t, err)
	assert.Empty(t, left, "left in the engine by %s", session)
}

// server is a program that serves.
type server struct {
	*exec.Cmd
	env   map[string]string // that it printed
	lines []string          // all that it printed until it was ready
	log   *bytes.Buffer     // complete when it has ended
}

// serve starts the program and returns when it is ready. The test ends it if
// nothing else does.
func serve(t *testing.T, args ...string) server {
	t.Helper()
	s := server{command(t, append([]string{"serve"}, args...)...), map[string]string{}, nil, new(bytes.Buffer)}
	s.Stderr = s.log
	out, err := s.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, s.Start())
	t.Cleanup(func() { s.stop(t) })
	for lines := bufio.NewScanner(out); lines.Scan(); {
		s.lines = append(s.lines, lines.Text())
		if entry, ok := strings.CutPrefix(lines.Text(), "export "); ok {
			name, value, _ := strings.Cut(entry, "=")
			s.env[name] = value
		}
		if strings.Contains(lines.Text(), "ready") {
			return s
		}
	}
	_ = s.Wait()
	t.Fatalf("it ended before it was ready:\n%s", s.log)
	return s
}

// stop ends the program by a signal and returns its exit code.
func (s server) stop(t *testing.T) int {
	t.Helper()
	if s.ProcessState == nil {
		_ = s.Process.Signal(syscall.SIGTERM) // it may have ended by itself
		_ = s.Wait()                          // the code says it
	}
	return s.ProcessState.ExitCode()
}

func (s server) client() *ecs.Client {
	return ecs.New(ecs.Options{
		BaseEndpoint: aws.String(s.env["AWS_ENDPOINT_URL"]), Region: s.env["AWS_REGION"],
		Credentials: credentials.NewStaticCredentialsProvider(s.env["AWS_ACCESS_KEY_ID"], s.env["AWS_SECRET_ACCESS_KEY"], ""),
	})
}

// runAwsvpc runs a task with a network interface until it is RUNNING: a
// container, its holder and a network.
func (s server) runAwsvpc(t *testing.T, image string) (arn string) {
	t.Helper()
	td, err := s.client().RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("job"), NetworkMode: types.NetworkModeAwsvpc,
		ContainerDefinitions: []types.ContainerDefinition{{
			Name: aws.String("app"), Image: aws.String(image), Memory: aws.Int32(32), Command: []string{"serve"},
		}},
	})
	require.NoError(t, err)
	out, err := s.client().RunTask(t.Context(), &ecs.RunTaskInput{
		TaskDefinition:       td.TaskDefinition.TaskDefinitionArn,
		NetworkConfiguration: &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}}},
	})
	require.NoError(t, err)
	tasks := &ecs.DescribeTasksInput{Tasks: []string{*out.Tasks[0].TaskArn}}
	require.NoError(t, ecs.NewTasksRunningWaiter(s.client()).Wait(t.Context(), tasks, time.Minute))
	return *out.Tasks[0].TaskArn
}

// readAll empties a stream, so that who writes can go on.
func readAll(r io.Reader) { _, _ = io.Copy(io.Discard, r) }

// image is what tests run: the program of the examples.
func image(t *testing.T) string {
	t.Helper()
	const name = "ecsfixture-example-worker:latest"
	require.NoError(t, docker.BuildGoImage(t.Context(), "../../examples/gotest/worker", name))
	return name
}
