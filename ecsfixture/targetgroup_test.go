package ecsfixture_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/targetgroup"
)

// traffic is requests that are sent all the time.
type traffic struct {
	stop    func()
	clients sync.WaitGroup

	mu     sync.Mutex // guards what follows
	sent   map[string]int
	failed []string
}

// drive sends requests from a few clients, each after a pause, until the
// traffic is ended.
func drive(t *testing.T, client *http.Client, url string, pause time.Duration) *traffic {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	tr := &traffic{stop: cancel, sent: map[string]int{}}
	for range 3 {
		tr.clients.Go(func() {
			for ctx.Err() == nil {
				tr.note(send(client, url))
				time.Sleep(pause)
			}
		})
	}
	t.Cleanup(func() { tr.end(); client.CloseIdleConnections() })
	return tr
}

func send(client *http.Client, url string) (string, error) {
	res, err := client.Get(url)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", res.Status, body)
	}
	return strings.TrimSpace(string(body)), err
}

func (tr *traffic) note(body string, err error) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.sent[body]++
	if err != nil {
		tr.failed = append(tr.failed, err.Error())
	}
}

// end returns how many requests each answer got.
func (tr *traffic) end() map[string]int {
	tr.stop()
	tr.clients.Wait()
	return tr.sent
}

// answers ends the traffic, none of which may have failed, and sums it up by a
// word of the answers.
func (tr *traffic) answers(t *testing.T, words ...string) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for body, n := range tr.end() {
		for _, word := range words {
			if strings.Contains(body, word) {
				counts[word] += n
			}
		}
	}
	assert.Empty(t, tr.failed, "of %v", tr.sent)
	return counts
}

// publishing gives a container port 80.
func publishing(d *types.ContainerDefinition) {
	d.PortMappings = []types.PortMapping{{ContainerPort: aws.Int32(80)}}
}

// behind makes the service web of two tasks behind a target group, with a
// circuit breaker.
func behind(t *testing.T, fx *ecsfixture.Fixture, group, td string, change ...func(*ecs.CreateServiceInput)) string {
	t.Helper()
	in := &ecs.CreateServiceInput{
		ServiceName: aws.String("web"), TaskDefinition: aws.String(td), DesiredCount: aws.Int32(2),
		LoadBalancers: []types.LoadBalancer{{TargetGroupArn: aws.String(group), ContainerName: aws.String("app"), ContainerPort: aws.Int32(80)}},
		DeploymentConfiguration: &types.DeploymentConfiguration{
			DeploymentCircuitBreaker: &types.DeploymentCircuitBreaker{Enable: true, Rollback: true},
		},
	}
	for _, f := range change {
		f(in)
	}
	out, err := fx.ECS.CreateService(t.Context(), in)
	require.NoError(t, err)
	return *out.Service.ServiceArn
}

func ship(t *testing.T, fx *ecsfixture.Fixture, td string) {
	t.Helper()
	_, err := fx.ECS.UpdateService(t.Context(), &ecs.UpdateServiceInput{Service: aws.String("web"), TaskDefinition: aws.String(td)})
	require.NoError(t, err)
}

// eventsOf are a service's events as one text, oldest first.
func eventsOf(sv types.Service) string {
	var b strings.Builder
	for i := len(sv.Events) - 1; i >= 0; i-- {
		fmt.Fprintln(&b, *sv.Events[i].Message)
	}
	return b.String()
}

// inVPC makes a service of tasks in awsvpc mode.
func inVPC(in *ecs.CreateServiceInput) {
	in.NetworkConfiguration = &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}}}
}

func registerVPC(t testing.TB, fx *ecsfixture.Fixture, image string) string {
	t.Helper()
	d := types.ContainerDefinition{Name: aws.String("app"), Image: aws.String(image), Memory: aws.Int32(64)}
	publishing(&d)
	out, err := fx.ECS.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("test"), NetworkMode: types.NetworkModeAwsvpc, ContainerDefinitions: []types.ContainerDefinition{d},
	})
	require.NoError(t, err)
	return *out.TaskDefinition.TaskDefinitionArn
}

// TestTrafficThroughARollingUpdate loses no request in virtual time, in either
// network mode.
func TestTrafficThroughARollingUpdate(t *testing.T) {
	for name, mode := range map[string]struct {
		register func(testing.TB, *ecsfixture.Fixture, string) string
		change   func(*ecs.CreateServiceInput)
	}{
		"bridge": {func(t testing.TB, fx *ecsfixture.Fixture, image string) string {
			return registerImage(t, fx, image, publishing)
		}, func(*ecs.CreateServiceInput) {}},
		"awsvpc": {registerVPC, inVPC},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				fx := startSimulated(t)
				web := fx.TargetGroup("web")
				arn := behind(t, fx, web.ARN, mode.register(t, fx, "v1"), mode.change)
				fx.WaitServiceStable(t, arn)
				assert.Len(t, web.Targets(), 2)

				tr := drive(t, web.Client(), "http://web/", 20*time.Millisecond)
				time.Sleep(time.Second)
				ship(t, fx, mode.register(t, fx, "v2"))
				fx.WaitServiceStable(t, arn)
				time.Sleep(time.Second)
				counts := tr.answers(t, "(v1)", "(v2)")
				assert.Greater(t, counts["(v1)"], 100)
				assert.Greater(t, counts["(v2)"], 100)
				assert.Len(t, web.Targets(), 2)
			})
		})
	}
}

// TestTrafficThroughABrokenRelease ships a release that answers 500, and one
// that ends at once: the circuit breaker rolls both back, at the times of AWS.
func TestTrafficThroughABrokenRelease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
		fx := ecsfixture.Start(t, ecsfixture.WithTimeout(24*time.Hour), ecsfixture.WithRuntime(simulated.New(
			simulated.On(simulated.Image("broken"), simulated.Serve(broken)),
			simulated.On(simulated.Image("crash"), simulated.Exit(1)))))
		web := fx.TargetGroup("web")
		good := registerImage(t, fx, "v1", publishing)
		arn := behind(t, fx, web.ARN, good)
		fx.WaitServiceStable(t, arn)
		tr := drive(t, web.Client(), "http://web/", time.Second)

		began := time.Now()
		ship(t, fx, registerImage(t, fx, "broken", publishing))
		sv := fx.WaitServiceStable(t, arn)
		assert.Equal(t, good, *sv.TaskDefinition)
		assert.Greater(t, time.Since(began), 30*time.Second, "the second check of a target makes it unhealthy")
		text := eventsOf(sv)
		assert.Regexp(t, `\(service web\) \(task [0-9a-f]{32}\) \(port [0-9]{5}\) is unhealthy in \(target-group arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/web/[0-9a-f]{16}\) due to \(reason Health checks failed with these codes: \[500\]\)\.`, text)
		assert.Contains(t, text, "rolling back to deployment ecs-svc/")
		stopped, err := fx.ECS.ListTasks(t.Context(), &ecs.ListTasksInput{ServiceName: aws.String("web"), DesiredStatus: types.DesiredStatusStopped})
		require.NoError(t, err)
		task := fx.WaitTaskStopped(t, stopped.TaskArns[0])
		assert.Equal(t, "Task failed ELB health checks in (target-group "+web.ARN+")", *task.StoppedReason)
		assert.Equal(t, types.TaskStopCodeServiceSchedulerInitiated, task.StopCode)

		ship(t, fx, registerImage(t, fx, "crash", publishing))
		sv = fx.WaitServiceStable(t, arn)
		assert.Equal(t, good, *sv.TaskDefinition)
		assert.Positive(t, tr.answers(t, "(v1)")["(v1)"])
	})
}

// TestCanaryTraffic sends a share of the requests to the new tasks.
func TestCanaryTraffic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fx := startSimulated(t, ecsfixture.WithTimeout(24*time.Hour))
		blue, green := fx.TargetGroup("blue"), fx.TargetGroup("green")
		prod, trial := fx.ListenerRule("prod"), fx.ListenerRule("test")
		arn := behind(t, fx, blue.ARN, registerImage(t, fx, "v1", publishing), func(in *ecs.CreateServiceInput) {
			in.LoadBalancers[0].AdvancedConfiguration = &types.AdvancedConfiguration{
				AlternateTargetGroupArn: aws.String(green.ARN), RoleArn: aws.String("arn:aws:iam::000000000000:role/elb"),
				ProductionListenerRule: aws.String(prod.ARN), TestListenerRule: aws.String(trial.ARN),
			}
			in.DeploymentConfiguration = &types.DeploymentConfiguration{
				Strategy:            types.DeploymentStrategyCanary,
				CanaryConfiguration: &types.CanaryConfiguration{CanaryPercent: aws.Float64(10), CanaryBakeTimeInMinutes: aws.Int32(15)},
			}
		})
		fx.WaitServiceStable(t, arn)
		assert.InDelta(t, 100, prod.Weights()[blue.ARN], 0, "the first deployment has all of it")

		ship(t, fx, registerImage(t, fx, "v2", publishing))
		time.Sleep(10 * time.Minute)
		counts := map[string]int{}
		for range 100 {
			body, err := send(prod.Client(), "http://shop/")
			require.NoError(t, err)
			counts[body[strings.Index(body, "("):strings.Index(body, ")")]]++
		}
		assert.Equal(t, map[string]int{"(v1": 90, "(v2": 10}, counts)
		body, err := send(trial.Client(), "http://shop/")
		require.NoError(t, err)
		assert.Contains(t, body, "(v2)")
		fx.WaitServiceStable(t, arn)
		assert.InDelta(t, 100, prod.Weights()[green.ARN], 0)
	})
}

// TestTargetGroupsOnDemand makes the groups that services name, unless the
// test wants to know.
func TestTargetGroupsOnDemand(t *testing.T) {
	const arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/api/0123456789abcdef"
	synctest.Test(t, func(t *testing.T) {
		fx := startSimulated(t)
		fx.WaitServiceStable(t, behind(t, fx, arn, registerImage(t, fx, "v1", publishing)))
		assert.Len(t, fx.TargetGroup(arn).Targets(), 2)
		assert.Same(t, fx.TargetGroup(arn), fx.TargetGroup("api"))
		body, err := send(fx.TargetGroup("api").Client(), "http://api/")
		require.NoError(t, err)
		assert.Contains(t, body, "container app (v1) of task ")

		require.NoError(t, fx.Reset(t.Context()))
		assert.Empty(t, fx.TargetGroup("api").Targets())
	})
	synctest.Test(t, func(t *testing.T) {
		fx := startSimulated(t, ecsfixture.WithDeclaredTargetGroups())
		for _, group := range []string{arn, "api"} {
			_, err := fx.ECS.CreateService(t.Context(), &ecs.CreateServiceInput{
				ServiceName: aws.String("web"), TaskDefinition: aws.String(registerImage(t, fx, "v1", publishing)), DesiredCount: aws.Int32(1),
				LoadBalancers: []types.LoadBalancer{{TargetGroupArn: aws.String(group), ContainerName: aws.String("app"), ContainerPort: aws.Int32(80)}},
			})
			require.ErrorContains(t, err, "The specified target group does not exist.")
		}
	})
}

func TestTargetGroupsBeginWithTheOptionsOfTheFixture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		never := targetgroup.Check(func(context.Context, server.Target) error { return fmt.Errorf("out of order") })
		fx := startSimulated(t, ecsfixture.WithTargetGroups(never))
		behind(t, fx, fx.TargetGroup("web").ARN, registerImage(t, fx, "v1", publishing))
		time.Sleep(31 * time.Second)
		assert.Equal(t, "out of order", fx.TargetGroup("web").Targets()[0].Reason)
	})
}

// TestATaskThatFallsIllIsReplaced when its grace period is over, by one that
// was there before.
func TestATaskThatFallsIllIsReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ill atomic.Bool // what runs now; what comes later is well
		process := simulated.Func(func(ctx context.Context, p simulated.Process) int {
			l, err := p.Listen(80)
			if err != nil {
				return 1
			}
			late := ill.Load()
			server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if ill.Load() && !late {
					w.WriteHeader(http.StatusServiceUnavailable)
				}
			})}
			go func() { <-ctx.Done(); _ = server.Close() }()
			_ = server.Serve(l)
			return 0
		})
		fx := ecsfixture.Start(t, ecsfixture.WithTimeout(time.Hour), ecsfixture.WithRuntime(simulated.New(simulated.On(simulated.Any(), process))))
		web := fx.TargetGroup("web")
		arn := behind(t, fx, web.ARN, registerImage(t, fx, "v1", publishing), func(in *ecs.CreateServiceInput) {
			in.HealthCheckGracePeriodSeconds = aws.Int32(600)
		})
		fx.WaitServiceStable(t, arn)
		old := web.Targets()[0].Task
		ill.Store(true)
		time.Sleep(5 * time.Minute)
		assert.Equal(t, targetgroup.Unhealthy, web.Targets()[0].State)
		assert.Equal(t, "RUNNING", *fx.WaitTaskRunning(t, old).LastStatus, "within the grace period")

		task := fx.WaitTaskStopped(t, old)
		assert.Equal(t, 10*time.Minute, task.StoppingAt.Sub(*task.StartedAt).Round(time.Minute))
		assert.Equal(t, "Task failed ELB health checks in (target-group "+web.ARN+")", *task.StoppedReason)
		sv := fx.WaitServiceStable(t, arn)
		assert.Equal(t, int32(2), sv.RunningCount)
		text := eventsOf(sv)
		assert.Contains(t, text, "is unhealthy in (target-group "+web.ARN+") due to (reason Health checks failed with these codes: [503]).")
		assert.Less(t, strings.LastIndex(text, "has started "), strings.LastIndex(text, "has stopped "), "the replacements come first")
	})
}
