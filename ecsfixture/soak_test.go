package ecsfixture_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/testimage"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/docker"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

const soakClients = 32

// soakTime is how long each soak lasts; make soak sets more.
const soakTime = "ECSFIXTURE_SOAK"

func TestSoakSimulated(t *testing.T) {
	rt := simulated.New(
		simulated.On(simulated.Container("short"), simulated.RunFor(5*time.Millisecond), simulated.Exit(1)),
		simulated.On(simulated.Container("stubborn"), simulated.IgnoreTerm()))
	fx := ecsfixture.Start(t, ecsfixture.WithRuntime(rt))
	soak(t, fx, 1000, "image", nil)
	require.NoError(t, fx.Close(context.Background()))
	assert.Empty(t, rt.Left())
}

func TestSoakDocker(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
	session := fmt.Sprintf("soak-%d", os.Getpid())
	fx := ecsfixture.Start(t, ecsfixture.WithDocker(docker.WithSession(session)), ecsfixture.WithTimeout(5*time.Minute))
	soak(t, fx, 32, testimage.Busybox(t), []string{"sleep", "1"})
	assert.Empty(t, labelled(t, session), "containers without a task")
	require.NoError(t, fx.Close(context.Background()))
	assert.Empty(t, labelled(t, session))
}

// soak lets clients do random things to one fixture, with no more tasks at
// once than the engine can start in time, then checks what must hold whatever
// they did.
func soak(t *testing.T, fx *ecsfixture.Fixture, atOnce int, image string, command []string) {
	t.Helper()
	bound, err := time.ParseDuration(os.Getenv(soakTime))
	if err != nil {
		bound = 3 * time.Second
	}
	s := &soaker{t: t, fx: fx, td: soakDefinition(t, fx, image, command), places: make(chan struct{}, atOnce)}
	ctx, cancel := context.WithTimeout(t.Context(), bound)
	defer cancel()
	var wg sync.WaitGroup
	for range soakClients {
		wg.Go(func() {
			for ctx.Err() == nil {
				s.step()
			}
		})
	}
	wg.Wait()
	s.settle()
	t.Logf("soak: %d clients, %s, %d calls, %d tasks, 0 stuck", soakClients, bound, s.calls.Load(), len(s.tasks))
}

func soakDefinition(t *testing.T, fx *ecsfixture.Fixture, image string, command []string) string {
	t.Helper()
	named := func(name string, essential bool) types.ContainerDefinition {
		return types.ContainerDefinition{
			Name: aws.String(name), Image: aws.String(image), Command: command,
			Memory: aws.Int32(32), Essential: aws.Bool(essential), StopTimeout: aws.Int32(2),
		}
	}
	return register(t, fx, named("main", true), named("short", false))
}

// soaker remembers the tasks that were run.
type soaker struct {
	t     *testing.T
	fx    *ecsfixture.Fixture
	td    string
	calls atomic.Int64

	places chan struct{}  // has one for each task that hasn't stopped
	ends   sync.WaitGroup // of the tasks

	mu    sync.Mutex // guards tasks
	tasks []string
}

// step is one random call. Calls run to their end, so that none is left
// without an answer.
func (s *soaker) step() {
	s.calls.Add(1)
	ctx := context.Background()
	switch arn := s.any(); {
	case (arn == "" || rand.N(4) == 0) && s.hasPlace():
		s.run(ctx)
	case arn == "":
		// another client runs the first task
	case rand.N(3) == 0:
		_, err := s.fx.ECS.StopTask(ctx, &ecs.StopTaskInput{Task: aws.String(arn), Reason: aws.String("soak")})
		assert.NoError(s.t, err)
	case rand.N(2) == 0:
		_, err := s.fx.ECS.DescribeTasks(ctx, &ecs.DescribeTasksInput{Tasks: []string{arn}})
		assert.NoError(s.t, err)
	default:
		_, err := s.fx.ECS.ListTasks(ctx, &ecs.ListTasksInput{DesiredStatus: types.DesiredStatusStopped, MaxResults: aws.Int32(10)})
		assert.NoError(s.t, err)
	}
}

// hasPlace takes a place for a task, unless there are enough tasks.
func (s *soaker) hasPlace() bool {
	select {
	case s.places <- struct{}{}:
		return true
	default:
		return false
	}
}

// run runs a task, in a place that it leaves when it has stopped.
func (s *soaker) run(ctx context.Context) {
	out, err := s.fx.ECS.RunTask(ctx, &ecs.RunTaskInput{TaskDefinition: aws.String(s.td)})
	if !assert.NoError(s.t, err) {
		<-s.places
		return
	}
	arn := *out.Tasks[0].TaskArn
	s.ends.Go(func() {
		assert.NoError(s.t, ecs.NewTasksStoppedWaiter(s.fx.ECS).Wait(ctx, &ecs.DescribeTasksInput{Tasks: []string{arn}}, 10*time.Minute))
		<-s.places
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tasks = append(s.tasks, arn)
}

func (s *soaker) any() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.tasks) == 0 {
		return ""
	}
	return s.tasks[rand.N(len(s.tasks))]
}

// settle stops what still runs and checks that counts add up, that no task is
// stuck, and that each tells why it stopped.
func (s *soaker) settle() {
	for _, arn := range s.tasks {
		_, err := s.fx.ECS.StopTask(s.t.Context(), &ecs.StopTaskInput{Task: aws.String(arn)})
		require.NoError(s.t, err)
	}
	s.ends.Wait()
	for _, arn := range s.tasks {
		task := s.fx.WaitTaskStopped(s.t, arn)
		assert.NotEmpty(s.t, task.StopCode, s.fx.Story(arn))
		assert.NotNil(s.t, task.StoppedAt)
	}
	assert.ElementsMatch(s.t, s.tasks, s.listed(types.DesiredStatusStopped))
	assert.Empty(s.t, s.listed(types.DesiredStatusRunning))
	out, err := s.fx.ECS.DescribeClusters(s.t.Context(), &ecs.DescribeClustersInput{})
	require.NoError(s.t, err)
	assert.Zero(s.t, out.Clusters[0].RunningTasksCount+out.Clusters[0].PendingTasksCount)
}

func (s *soaker) listed(desired types.DesiredStatus) (arns []string) {
	pages := ecs.NewListTasksPaginator(s.fx.ECS, &ecs.ListTasksInput{DesiredStatus: desired})
	for pages.HasMorePages() {
		page, err := pages.NextPage(s.t.Context())
		require.NoError(s.t, err)
		arns = append(arns, page.TaskArns...)
	}
	slices.Sort(arns)
	return slices.Compact(arns)
}

// TestThousandFixtures starts and closes fixtures; TestMain looks for
// goroutines afterwards.
func TestThousandFixtures(t *testing.T) {
	for range 1000 {
		fx, err := ecsfixture.New(t.Context(), ecsfixture.WithRuntime(simulated.New()))
		require.NoError(t, err)
		require.NoError(t, fx.Close(t.Context()))
	}
}
