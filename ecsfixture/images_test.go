package ecsfixture_test

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/docker"
)

// of uses another image.
func of(image string) func(*types.ContainerDefinition) {
	return func(d *types.ContainerDefinition) { d.Image = aws.String(image) }
}

func withLogin(secret string) func(*types.ContainerDefinition) {
	return func(d *types.ContainerDefinition) {
		d.RepositoryCredentials = &types.RepositoryCredentials{CredentialsParameter: aws.String(secret)}
	}
}

func onFargate(in *ecs.RegisterTaskDefinitionInput) {
	in.NetworkMode, in.Cpu, in.Memory = types.NetworkModeAwsvpc, aws.String("256"), aws.String("512")
	in.RequiresCompatibilities = []types.Compatibility{types.CompatibilityFargate, types.CompatibilityEc2}
}

// TestRepositoryCredentials pulls from a registry that asks for a password.
func TestRepositoryCredentials(t *testing.T) {
	t.Parallel()
	r := startRegistry(t)
	digest := r.push(t, "team/app:1", 100)
	image := r.host + "/team/app:1"
	fx := ecsfixture.Start(t)
	wrong := fx.Secrets.PutJSON("wrong", map[string]string{"username": registryUser, "password": "battery staple"})
	right := fx.Secrets.PutJSON("right", map[string]string{"username": registryUser, "password": registryPassword})

	for name, change := range map[string]func(*types.ContainerDefinition){"none": of(image), "wrong": withLogin(wrong)} {
		td := registerWith(t, fx, onFargate, sh(t, "app", "exit 0", of(image), change))
		for launch, reasonOf := range map[types.LaunchType]func(types.Task) *string{
			types.LaunchTypeEc2:     func(task types.Task) *string { return task.Containers[0].Reason },
			types.LaunchTypeFargate: func(task types.Task) *string { return task.StoppedReason },
		} {
			arn := run(t, fx, td, func(in *ecs.RunTaskInput) { in.LaunchType, in.NetworkConfiguration = launch, inSubnet() })
			task := fx.WaitTaskStopped(t, arn)
			assert.Equal(t, types.TaskStopCodeTaskFailedToStart, task.StopCode)
			require.NotNil(t, reasonOf(task), fx.Story(arn))
			assert.Regexp(t, `^CannotPullContainerError: Error response from daemon: .*(unauthorized|no basic auth credentials)`, *reasonOf(task), name)
			assert.NotContains(t, fx.Story(arn), "battery staple")
			assert.Nil(t, task.Containers[0].ExitCode)
			assert.Nil(t, task.Containers[0].ImageDigest)
			assert.NotNil(t, task.PullStartedAt)
			assert.NotNil(t, task.PullStoppedAt)
		}
	}
	arn := run(t, fx, register(t, fx, sh(t, "app", "exit 0", of(image), withLogin(right))))
	fx.AssertExitCode(t, arn, "app", 0)
	assert.Equal(t, digest, *fx.WaitTaskStopped(t, arn).Containers[0].ImageDigest)

	missing := run(t, fx, register(t, fx, sh(t, "app", "exit 0", of(image), withLogin("arn:aws:secretsmanager:us-east-1:000000000000:secret:none"))))
	task := fx.WaitTaskStopped(t, missing)
	assert.Contains(t, *task.StoppedReason, "ResourceInitializationError: ")
	assert.Contains(t, *task.StoppedReason, "ResourceNotFoundException")
}

// TestImagesOfECR are taken from the registry of an option, by tag and by
// digest.
func TestImagesOfECR(t *testing.T) {
	t.Parallel()
	r := startRegistry(t)
	digest := r.push(t, "team/ecr:1", 100)
	fx := ecsfixture.Start(t, ecsfixture.WithDocker(docker.WithRegistry(r.open)))
	const repository = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/ecr"
	for _, image := range []string{repository + ":1", repository + "@" + digest, repository + ":1@" + digest, r.open + "/team/ecr@" + digest} {
		arn := run(t, fx, register(t, fx, sh(t, "app", "test -s /payload", of(image))))
		fx.AssertExitCode(t, arn, "app", 0)
		c := fx.WaitTaskStopped(t, arn).Containers[0]
		assert.Equal(t, image, *c.Image)
		assert.Equal(t, digest, *c.ImageDigest)
	}
	none := strings.Repeat("0", 64)
	arn := run(t, fx, register(t, fx, sh(t, "app", "exit 0", of(repository+"@sha256:"+none))))
	task := fx.WaitTaskStopped(t, arn)
	require.NotNil(t, task.Containers[0].Reason, fx.Story(arn))
	assert.Regexp(t, `^CannotPullContainerError: Error response from daemon: .*(manifest unknown|not found)`, *task.Containers[0].Reason)
}

// TestImagesArePulledOnce has five tasks ask for two images at once.
func TestImagesArePulledOnce(t *testing.T) {
	t.Parallel()
	r := startRegistry(t)
	r.push(t, "once/one:1", 1000)
	r.push(t, "once/two:1", 1000)
	fx := ecsfixture.Start(t)
	td := register(t, fx, sh(t, "one", "exit 0", of(r.open+"/once/one:1"), sidecar), sh(t, "two", "exit 0", of(r.open+"/once/two:1"), sidecar),
		sh(t, "again", "exit 0", of(r.open+"/once/one:1")))
	out, err := fx.ECS.RunTask(t.Context(), &ecs.RunTaskInput{TaskDefinition: aws.String(td), Count: aws.Int32(5)})
	require.NoError(t, err)
	for _, task := range out.Tasks {
		fx.AssertExitCode(t, *task.TaskArn, "again", 0)
	}
	for _, repository := range []string{"once/one", "once/two"} {
		got := r.got(repository)
		assert.NotEmpty(t, got)
		for what, n := range got {
			assert.Equal(t, 1, n, "%s of %s", what, repository)
		}
	}
}

// messages collects what a fixture has to say.
type messages struct {
	mu  sync.Mutex // guards buf
	buf bytes.Buffer
}

func (m *messages) Write(b []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.buf.Write(b)
}

func (m *messages) String() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.buf.String()
}

// TestSlowPull stops one of two tasks that wait for the same image, then the
// other; a third one gets it. Slow pulls tell how they get on.
func TestSlowPull(t *testing.T) {
	t.Parallel()
	const session = "ecsfixture-slow-pull-test"
	r := startRegistry(t)
	r.push(t, "slow/app:1", 4<<20)
	release := r.beSlow()
	defer release()
	log := new(messages)
	fx := ecsfixture.Start(t, ecsfixture.WithDocker(docker.WithSession(session)), ecsfixture.WithLogger(slog.New(slog.NewTextHandler(log, nil))))
	td := register(t, fx, sh(t, "app", "exit 0", of(r.open+"/slow/app:1")))
	first, second := run(t, fx, td), run(t, fx, td)
	require.Eventually(t, func() bool { return strings.Contains(log.String(), "still pulling") }, patience, 20*time.Millisecond)
	assert.Regexp(t, `msg="still pulling" image=\S+/slow/app:1 layer=[0-9a-f]{12} status=\w+ bytes=\d+ of=\d+`, log.String())

	stop := func(arn string) {
		began := time.Now()
		_, err := fx.ECS.StopTask(t.Context(), &ecs.StopTaskInput{Task: aws.String(arn), Reason: aws.String("too slow")})
		require.NoError(t, err)
		task := fx.WaitTaskStopped(t, arn)
		assert.Less(t, time.Since(began), 5*time.Second, "the image needs 40")
		assert.Equal(t, types.TaskStopCodeUserInitiated, task.StopCode)
		assert.Equal(t, "too slow", *task.StoppedReason)
		assert.Nil(t, task.Containers[0].Reason)
		assert.Nil(t, task.Containers[0].ExitCode)
	}
	stop(first)
	task, err := fx.AwaitTask(t.Context(), second, func(types.Task) bool { return true })
	require.NoError(t, err)
	assert.Equal(t, "PENDING", *task.LastStatus, "the other one still waits")
	for len(r.ended) > 0 { // the small blobs
		<-r.ended
	}
	stop(second)
	select {
	case <-r.ended:
	case <-time.After(patience):
		t.Fatal("the engine goes on pulling")
	}
	assert.False(t, hasImage(t, r.open+"/slow/app:1"))
	assert.Empty(t, labelled(t, session))

	release()
	fx.AssertExitCode(t, run(t, fx, td), "app", 0)
}
