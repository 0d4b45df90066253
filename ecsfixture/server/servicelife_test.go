package server_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

// release registers the next revision of a family whose one container runs an
// image.
func (w *world) release(image string, change ...func(*types.ContainerDefinition)) string {
	w.Helper()
	change = append(change, func(d *types.ContainerDefinition) { d.Image = aws.String(image) })
	return w.register(types.NetworkModeBridge, container("app", change...))
}

// serve creates the service web.
func (w *world) serve(td string, count int32, change ...func(*ecs.CreateServiceInput)) types.Service {
	w.Helper()
	in := &ecs.CreateServiceInput{ServiceName: aws.String("web"), TaskDefinition: aws.String(td), DesiredCount: aws.Int32(count)}
	for _, f := range change {
		f(in)
	}
	out, err := w.CreateService(w.Context(), in)
	require.NoError(w, err)
	return *out.Service
}

func percents(least, most int32) func(*ecs.CreateServiceInput) {
	return func(in *ecs.CreateServiceInput) {
		in.DeploymentConfiguration = &types.DeploymentConfiguration{MinimumHealthyPercent: &least, MaximumPercent: &most}
	}
}

func breaking(rollback bool) func(*ecs.CreateServiceInput) {
	return func(in *ecs.CreateServiceInput) {
		in.DeploymentConfiguration = &types.DeploymentConfiguration{
			DeploymentCircuitBreaker: &types.DeploymentCircuitBreaker{Enable: true, Rollback: rollback},
		}
	}
}

func (w *world) update(change func(*ecs.UpdateServiceInput)) types.Service {
	w.Helper()
	in := &ecs.UpdateServiceInput{Service: aws.String("web")}
	change(in)
	out, err := w.UpdateService(w.Context(), in)
	require.NoError(w, err)
	return *out.Service
}

func (w *world) ship(td string) types.Service {
	return w.update(func(in *ecs.UpdateServiceInput) { in.TaskDefinition = aws.String(td) })
}

func (w *world) scale(count int32) types.Service {
	return w.update(func(in *ecs.UpdateServiceInput) { in.DesiredCount = aws.Int32(count) })
}

func (w *world) web() types.Service {
	w.Helper()
	out, err := w.DescribeServices(w.Context(), &ecs.DescribeServicesInput{Services: []string{"web"}})
	require.NoError(w, err)
	require.Len(w, out.Services, 1)
	return out.Services[0]
}

// reaches lets time pass until the service is as a function says.
func (w *world) reaches(reached func(types.Service) bool) types.Service {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), 48*time.Hour)
	defer cancel()
	sv, err := w.AwaitService(ctx, "arn:aws:ecs:us-east-1:000000000000:service/default/web", reached)
	require.NoError(w, err, "%s", w.tale())
	return sv
}

// tale is what the service says of itself.
func (w *world) tale() string {
	sv := w.web()
	var b strings.Builder
	for _, d := range sv.Deployments {
		fmt.Fprintf(&b, "%s %s %s %d/%d/%d failed %d: %s\n", *d.Status, *d.Id, d.RolloutState, d.DesiredCount, d.RunningCount, d.PendingCount, d.FailedTasks, *d.RolloutStateReason)
	}
	return b.String() + strings.Join(messages(sv), "\n")
}

func (w *world) stable() types.Service { return w.reaches(isStable) }

func isStable(sv types.Service) bool {
	return len(sv.Deployments) == 1 && sv.RunningCount == sv.DesiredCount && sv.PendingCount == 0 &&
		sv.Deployments[0].RolloutState == types.DeploymentRolloutStateCompleted
}

// messages are a service's events, oldest first, without ids.
func messages(sv types.Service) (list []string) {
	for _, e := range slices.Backward(sv.Events) {
		list = append(list, *e.Message)
	}
	return list
}

// serving are the tasks that the service keeps.
func (w *world) serving() []types.Task {
	w.Helper()
	list, err := w.ListTasks(w.Context(), &ecs.ListTasksInput{ServiceName: aws.String("web")})
	require.NoError(w, err)
	if len(list.TaskArns) == 0 {
		return nil
	}
	out, err := w.DescribeTasks(w.Context(), &ecs.DescribeTasksInput{Tasks: list.TaskArns})
	require.NoError(w, err)
	return out.Tasks
}

func TestServiceRunsItsTasks(t *testing.T) {
	inWorld(t, func(w *world) {
		td := w.release("v1")
		made := w.serve(td, 3)
		assert.Equal(t, "ACTIVE", *made.Status)
		assert.Equal(t, td, *made.TaskDefinition)
		assert.Equal(t, "arn:aws:ecs:us-east-1:000000000000:service/default/web", *made.ServiceArn)
		assert.Equal(t, types.DeploymentRolloutStateInProgress, made.Deployments[0].RolloutState)
		sv := w.stable()
		d := sv.Deployments[0]
		assert.Regexp(t, `^ecs-svc/[0-9]{19}$`, *d.Id)
		assert.Equal(t, "PRIMARY", *d.Status)
		assert.Equal(t, "ECS deployment "+*d.Id+" completed.", *d.RolloutStateReason)
		require.Len(t, w.serving(), 3)
		for _, task := range w.serving() {
			assert.Equal(t, *d.Id, *task.StartedBy)
			assert.Equal(t, "service:web", *task.Group)
		}
		list := messages(sv)
		require.Len(t, list, 3)
		assert.Regexp(t, `^\(service web\) has started 3 tasks: \(task [0-9a-f]{32}\) \(task [0-9a-f]{32}\) \(task [0-9a-f]{32}\)\.$`, list[0])
		assert.Equal(t, "(service web) (deployment "+*d.Id+") deployment completed.", list[1])
		assert.Equal(t, "(service web) has reached a steady state.", list[2])
	})
}

func TestServiceScales(t *testing.T) {
	inWorld(t, func(w *world) {
		first := *w.serve(w.release("v1"), 1).Deployments[0].Id
		w.stable()
		w.scale(4)
		assert.Equal(t, int32(4), w.stable().RunningCount)
		w.scale(2)
		sv := w.reaches(func(sv types.Service) bool { return sv.RunningCount == 2 })
		assert.Equal(t, first, *sv.Deployments[0].Id, "a count is no deployment")
		w.scale(0)
		assert.Zero(t, w.stable().RunningCount)
	})
}

func TestServiceReplacesWhatStops(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("v1"), 2)
		w.stable()
		gone := *w.serving()[0].TaskArn
		w.stop(gone, "")
		sv := w.stable()
		assert.Equal(t, int32(2), sv.RunningCount)
		live, _ := w.rt.Find(*w.serving()[0].TaskArn, "app")
		require.NoError(t, live.Exit(1))
		sv = w.stable()
		assert.Equal(t, int32(2), sv.RunningCount)
		assert.Zero(t, sv.Deployments[0].FailedTasks, "it had run successfully")
	})
}

func TestRollingUpdate(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("v1", checked), 4, percents(100, 150))
		w.stable()
		sv := w.ship(w.release("v2", checked))
		require.Len(t, sv.Deployments, 2)
		assert.Equal(t, "ACTIVE", *sv.Deployments[1].Status)
		least, most := 4, 0
		w.reaches(func(sv types.Service) bool {
			healthy := 0
			tasks := w.serving()
			for _, task := range tasks {
				if task.HealthStatus == types.HealthStatusHealthy {
					healthy++
				}
			}
			least, most = min(least, healthy), max(most, len(tasks))
			return isStable(sv)
		})
		assert.Equal(t, 4, least)
		assert.Equal(t, 6, most)
		for _, task := range w.serving() {
			assert.Equal(t, "v2", *task.Containers[0].Image)
		}
		stopped, err := w.ListTasks(t.Context(), &ecs.ListTasksInput{ServiceName: aws.String("web"), DesiredStatus: types.DesiredStatusStopped})
		require.NoError(t, err)
		require.Len(t, stopped.TaskArns, 4)
		old := w.until(stopped.TaskArns[0], "STOPPED")
		assert.Equal(t, types.TaskStopCodeServiceSchedulerInitiated, old.StopCode)
		assert.Equal(t, "Scaling activity initiated by (deployment "+*old.StartedBy+")", *old.StoppedReason)
	})
}

func TestUpdateWithoutRoomStalls(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("v1"), 1, percents(100, 100))
		w.stable()
		w.ship(w.release("v2"))
		time.Sleep(time.Hour)
		sv := w.web()
		assert.Len(t, sv.Deployments, 2)
		assert.Equal(t, int32(1), sv.RunningCount)
		assert.Contains(t, *sv.Events[0].Message, "was unable to stop or start tasks during a deployment because of the service deployment configuration")
	})
}

func TestForcedDeployment(t *testing.T) {
	inWorld(t, func(w *world) {
		td := w.release("v1")
		before := *w.serve(td, 1).Deployments[0].Id
		w.stable()
		assert.Equal(t, before, *w.ship(td).Deployments[0].Id, "nothing has changed")
		w.update(func(in *ecs.UpdateServiceInput) { in.ForceNewDeployment = true })
		assert.NotEqual(t, before, *w.stable().Deployments[0].Id)
	})
}

var broken = simulated.On(simulated.Image("broken"), simulated.FailStart("no such file or directory"))

func TestCircuitBreakerRollsBack(t *testing.T) {
	inWorld(t, func(w *world) {
		good := w.release("v1")
		first := *w.serve(good, 2, breaking(true)).Deployments[0].Id
		w.stable()
		kept := w.serving()
		bad := *w.ship(w.release("broken")).Deployments[0].Id
		sv := w.reaches(func(sv types.Service) bool { return *sv.Deployments[0].Id == first })
		assert.Equal(t, good, *sv.TaskDefinition)
		assert.Equal(t, "ECS deployment circuit breaker: rolling back to deploymentId "+first+".", *sv.Deployments[0].RolloutStateReason)
		sv = w.stable()
		assert.Equal(t, first, *sv.Deployments[0].Id)
		assert.Equal(t, kept[0].TaskArn, w.serving()[0].TaskArn, "what ran runs on")
		all := strings.Join(messages(sv), "\n")
		assert.Contains(t, all, "(service web) (deployment "+bad+") deployment failed: tasks failed to start.\n(service web) rolling back to deployment "+first+".")
		r := w.deployment(0)
		assert.Equal(t, types.ServiceDeploymentStatusRollbackSuccessful, r.Status)
		assert.Equal(t, types.ServiceDeploymentRollbackMonitorsStatusTriggered, r.DeploymentCircuitBreaker.Status)
		assert.Equal(t, int32(3), r.DeploymentCircuitBreaker.Threshold)
		assert.GreaterOrEqual(t, r.DeploymentCircuitBreaker.FailureCount, int32(3))
		assert.Equal(t, *r.SourceServiceRevisions[0].Arn, *r.Rollback.ServiceRevisionArn)
	}, broken)
}

// deployment describes the service's deployment of that place, newest first.
func (w *world) deployment(i int) types.ServiceDeployment {
	w.Helper()
	list, err := w.ListServiceDeployments(w.Context(), &ecs.ListServiceDeploymentsInput{Service: aws.String("web")})
	require.NoError(w, err)
	out, err := w.DescribeServiceDeployments(w.Context(), &ecs.DescribeServiceDeploymentsInput{ServiceDeploymentArns: []string{*list.ServiceDeployments[i].ServiceDeploymentArn}})
	require.NoError(w, err)
	return out.ServiceDeployments[0]
}

func TestCircuitBreakerWithoutRollback(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("v1"), 2, breaking(false))
		w.stable()
		w.ship(w.release("broken"))
		sv := w.reaches(func(sv types.Service) bool {
			return sv.Deployments[0].RolloutState == types.DeploymentRolloutStateFailed
		})
		assert.Equal(t, "ECS deployment circuit breaker: tasks failed to start.", *sv.Deployments[0].RolloutStateReason)
		time.Sleep(24 * time.Hour)
		sv = w.web()
		assert.Equal(t, int32(2), sv.RunningCount, "the old ones stay")
		assert.Len(t, sv.Deployments, 2)
		w.ship(w.release("v3"))
		assert.Len(t, w.stable().Deployments, 1, "the next release goes through")
	}, broken)
}

func TestFirstDeploymentThatFails(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("broken"), 1, breaking(true))
		sv := w.reaches(func(sv types.Service) bool {
			return sv.Deployments[0].RolloutState == types.DeploymentRolloutStateFailed
		})
		synctest.Wait()
		assert.Zero(t, w.web().PendingCount)
		assert.GreaterOrEqual(t, sv.Deployments[0].FailedTasks, int32(3))
	}, broken)
}

// TestCrashAtOnce takes a container that runs for a moment as one that failed
// to start.
func TestCrashAtOnce(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("v1"), 1, breaking(true))
		w.stable()
		w.ship(w.release("crash"))
		sv := w.reaches(func(sv types.Service) bool { return len(sv.Deployments) == 1 && isStable(sv) })
		assert.Contains(t, strings.Join(messages(sv), "\n"), "rolling back to")
	}, simulated.On(simulated.Image("crash"), simulated.Exit(1)))
}

// TestFailingForHours has no circuit breaker: the delays grow.
func TestFailingForHours(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("broken"), 1)
		time.Sleep(6 * time.Hour)
		sv := w.web()
		assert.Equal(t, types.DeploymentRolloutStateInProgress, sv.Deployments[0].RolloutState)
		assert.InDelta(t, 24, sv.Deployments[0].FailedTasks, 3)
		assert.Contains(t, strings.Join(messages(sv), "\n"), "(service web) is unable to consistently start tasks successfully.")
		w.ship(w.release("v2"))
		w.stable()
	}, broken)
}

func TestUnhealthyTaskIsReplaced(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("v1", checked), 2)
		w.stable()
		sick := *w.serving()[0].TaskArn
		live, _ := w.rt.Find(sick, "app")
		require.NoError(t, live.SetHealthy(false))
		synctest.Wait()
		assert.Len(t, w.serving(), 3, "its replacement comes first")
		task := w.until(sick, "STOPPED")
		assert.Equal(t, types.TaskStopCodeServiceSchedulerInitiated, task.StopCode)
		assert.Equal(t, "Task failed container health checks", *task.StoppedReason)
		sv := w.stable()
		assert.Contains(t, strings.Join(messages(sv), "\n"), fmt.Sprintf("(service web) (task %s) failed container health checks.", sick[len(sick)-32:]))
	})
}

func TestReleaseThatIsNeverHealthy(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("v1", checked), 2, breaking(true))
		w.stable()
		w.ship(w.release("sick", checked))
		sv := w.reaches(func(sv types.Service) bool { return isStable(sv) })
		assert.Contains(t, strings.Join(messages(sv), "\n"), "rolling back to")
		assert.Equal(t, "v1", *w.serving()[0].Containers[0].Image)
	}, simulated.On(simulated.Image("sick"), simulated.NeverHealthy()))
}

func TestDaemon(t *testing.T) {
	inWorld(t, func(w *world) {
		sv := w.serve(w.release("v1"), 0, func(in *ecs.CreateServiceInput) {
			in.DesiredCount, in.SchedulingStrategy = nil, types.SchedulingStrategyDaemon
		})
		assert.Equal(t, int32(1), sv.DesiredCount)
		assert.Equal(t, int32(0), *sv.DeploymentConfiguration.MinimumHealthyPercent)
		assert.Equal(t, int32(1), w.stable().RunningCount)
		w.ship(w.release("v2"))
		w.reaches(func(sv types.Service) bool {
			assert.LessOrEqual(t, len(w.rt.Containers("app")), 1, "one for an instance")
			return isStable(sv)
		})
		assert.Equal(t, "v2", *w.serving()[0].Containers[0].Image)
		out, err := w.DeleteService(t.Context(), &ecs.DeleteServiceInput{Service: aws.String("web")})
		require.NoError(t, err)
		assert.Equal(t, "DRAINING", *out.Service.Status)
	})
}

func TestDeleteService(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("slow"), 2)
		w.stable()
		in := &ecs.DeleteServiceInput{Service: aws.String("web")}
		_, err := w.DeleteService(t.Context(), in)
		require.ErrorContains(t, err, "The service cannot be stopped while it is scaled above 0.")
		in.Force = aws.Bool(true)
		out, err := w.DeleteService(t.Context(), in)
		require.NoError(t, err)
		assert.Equal(t, "DRAINING", *out.Service.Status)
		assert.Zero(t, out.Service.DesiredCount)
		_, err = w.DeleteCluster(t.Context(), &ecs.DeleteClusterInput{Cluster: aws.String("default")})
		var contains *types.ClusterContainsServicesException
		require.ErrorAs(t, err, &contains)
		w.reaches(func(sv types.Service) bool { return *sv.Status == "INACTIVE" })
		list, err := w.ListServices(t.Context(), &ecs.ListServicesInput{})
		require.NoError(t, err)
		assert.Empty(t, list.ServiceArns)
		assert.Empty(t, w.serving())
		_, err = w.UpdateService(t.Context(), &ecs.UpdateServiceInput{Service: aws.String("web")})
		var inactive *types.ServiceNotActiveException
		require.ErrorAs(t, err, &inactive)
		w.serve(w.release("v2"), 1)
		w.stable()
	}, simulated.On(simulated.Image("slow"), simulated.IgnoreTerm())) // it takes the 30 seconds of its stopTimeout
}

func TestProtectedTasksStay(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("v1"), 2)
		w.stable()
		safe := *w.serving()[1].TaskArn
		out, err := w.UpdateTaskProtection(t.Context(), &ecs.UpdateTaskProtectionInput{
			Cluster: aws.String("default"), Tasks: []string{safe}, ProtectionEnabled: true, ExpiresInMinutes: aws.Int32(60),
		})
		require.NoError(t, err)
		assert.Equal(t, time.Now().Add(time.Hour), *out.ProtectedTasks[0].ExpirationDate)
		w.scale(1)
		w.stable()
		assert.Equal(t, safe, *w.serving()[0].TaskArn)
		w.scale(0)
		time.Sleep(59 * time.Minute)
		assert.Len(t, w.serving(), 1)
		time.Sleep(2 * time.Minute)
		assert.Empty(t, w.serving(), "the protection is over")
	})
}

func TestProtectionNeedsAService(t *testing.T) {
	inWorld(t, func(w *world) {
		alone := w.run(types.NetworkModeBridge, container("app"))
		out, err := w.GetTaskProtection(t.Context(), &ecs.GetTaskProtectionInput{Tasks: []string{alone, "0123"}})
		require.NoError(t, err)
		assert.Equal(t, "TASK_NOT_VALID", *out.Failures[0].Reason)
		assert.Equal(t, "MISSING", *out.Failures[1].Reason)
	})
}

func TestGracePeriodNeedsBalancers(t *testing.T) {
	inWorld(t, func(w *world) {
		_, err := w.CreateService(t.Context(), &ecs.CreateServiceInput{
			ServiceName: aws.String("web"), TaskDefinition: aws.String(w.release("v1")), DesiredCount: aws.Int32(1),
			HealthCheckGracePeriodSeconds: aws.Int32(5),
		})
		require.ErrorContains(t, err, "Health check grace period is only valid for services configured to use load balancers")
	})
}

func TestServiceTags(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("v1"), 1, func(in *ecs.CreateServiceInput) {
			in.Tags = []types.Tag{{Key: aws.String("team"), Value: aws.String("red")}}
			in.PropagateTags, in.EnableECSManagedTags = types.PropagateTagsService, true
		})
		w.stable()
		tags, err := w.ListTagsForResource(t.Context(), &ecs.ListTagsForResourceInput{ResourceArn: w.serving()[0].TaskArn})
		require.NoError(t, err)
		got := map[string]string{}
		for _, tag := range tags.Tags {
			got[*tag.Key] = *tag.Value
		}
		assert.Equal(t, map[string]string{"team": "red", "aws:ecs:clusterName": "default", "aws:ecs:serviceName": "web"}, got)
		arn := w.web().ServiceArn
		assert.Nil(t, w.web().Tags)
		_, err = w.TagResource(t.Context(), &ecs.TagResourceInput{ResourceArn: arn, Tags: []types.Tag{{Key: aws.String("more"), Value: aws.String("x")}}})
		require.NoError(t, err)
		out, err := w.DescribeServices(t.Context(), &ecs.DescribeServicesInput{Services: []string{*arn}, Include: []types.ServiceField{types.ServiceFieldTags}})
		require.NoError(t, err)
		assert.Len(t, out.Services[0].Tags, 2)
	})
}

func TestCreateServiceAgain(t *testing.T) {
	inWorld(t, func(w *world) {
		td := w.release("v1")
		first := w.serve(td, 1, func(in *ecs.CreateServiceInput) { in.ClientToken = aws.String("a") })
		again := w.serve(td, 1, func(in *ecs.CreateServiceInput) { in.ClientToken = aws.String("b") })
		assert.Equal(t, *first.Deployments[0].Id, *again.Deployments[0].Id)
		_, err := w.CreateService(t.Context(), &ecs.CreateServiceInput{ServiceName: aws.String("web"), TaskDefinition: aws.String(td), DesiredCount: aws.Int32(2)})
		require.ErrorContains(t, err, "Creation of service was not idempotent.")
	})
}

// TestServiceOfADeregisteredDefinition goes on with it: it scales, and a
// forced deployment works too.
func TestServiceOfADeregisteredDefinition(t *testing.T) {
	inWorld(t, func(w *world) {
		td := w.release("v1")
		w.serve(td, 1)
		w.stable()
		_, err := w.DeregisterTaskDefinition(t.Context(), &ecs.DeregisterTaskDefinitionInput{TaskDefinition: aws.String(td)})
		require.NoError(t, err)
		w.scale(3)
		assert.Equal(t, int32(3), w.stable().RunningCount)
		w.update(func(in *ecs.UpdateServiceInput) { in.ForceNewDeployment = true })
		w.stable()
	})
}

// TestServiceOfAnOldName is new, and the deployments of the old one are still
// known.
func TestServiceOfAnOldName(t *testing.T) {
	inWorld(t, func(w *world) {
		w.serve(w.release("v1"), 1)
		w.stable()
		old := w.deployment(0)
		_, err := w.DeleteService(t.Context(), &ecs.DeleteServiceInput{Service: aws.String("web"), Force: aws.Bool(true)})
		require.NoError(t, err)
		w.reaches(func(sv types.Service) bool { return *sv.Status == "INACTIVE" })
		sv := w.serve(w.release("v2"), 1)
		assert.Empty(t, sv.Events)
		assert.Len(t, sv.Deployments, 1)
		out, err := w.DescribeServiceDeployments(t.Context(), &ecs.DescribeServiceDeploymentsInput{ServiceDeploymentArns: []string{*old.ServiceDeploymentArn, *w.deployment(0).ServiceDeploymentArn}})
		require.NoError(t, err)
		require.Len(t, out.ServiceDeployments, 2)
		assert.Equal(t, types.ServiceDeploymentStatusSuccessful, out.ServiceDeployments[0].Status)
		revisions, err := w.DescribeServiceRevisions(t.Context(), &ecs.DescribeServiceRevisionsInput{ServiceRevisionArns: []string{*old.TargetServiceRevision.Arn}})
		require.NoError(t, err)
		assert.Len(t, revisions.ServiceRevisions, 1)
	})
}
