package server_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
)

// add adds a container instance to the default cluster.
func (w *world) add(spec server.InstanceSpec) types.ContainerInstance {
	w.Helper()
	i, err := w.AddInstance(spec)
	require.NoError(w, err)
	return i
}

// instance describes an instance as it is now.
func (w *world) instance(i types.ContainerInstance) types.ContainerInstance {
	w.Helper()
	out, err := w.DescribeContainerInstances(w.Context(), &ecs.DescribeContainerInstancesInput{ContainerInstances: []string{*i.ContainerInstanceArn}})
	require.NoError(w, err)
	require.Len(w, out.ContainerInstances, 1)
	return out.ContainerInstances[0]
}

func remaining(i types.ContainerInstance, name string) types.Resource {
	at := slices.IndexFunc(i.RemainingResources, func(r types.Resource) bool { return *r.Name == name })
	return i.RemainingResources[at]
}

// place runs tasks of a family with some memory.
func (w *world) place(memory int32, change ...func(*ecs.RunTaskInput)) *ecs.RunTaskOutput {
	w.Helper()
	td := w.release("app", func(d *types.ContainerDefinition) { d.Memory, d.Cpu = aws.Int32(memory), 10 })
	in := &ecs.RunTaskInput{TaskDefinition: aws.String(td)}
	for _, f := range change {
		f(in)
	}
	out, err := w.RunTask(w.Context(), in)
	require.NoError(w, err)
	return out
}

func times(n int32) func(*ecs.RunTaskInput) {
	return func(in *ecs.RunTaskInput) { in.Count = aws.Int32(n) }
}

func distinct(in *ecs.RunTaskInput) {
	in.PlacementConstraints = []types.PlacementConstraint{{Type: types.PlacementConstraintTypeDistinctInstance}}
}

func memberOf(expression string) []types.PlacementConstraint {
	return []types.PlacementConstraint{{Type: types.PlacementConstraintTypeMemberOf, Expression: aws.String(expression)}}
}

func strategies(fields ...string) (list []types.PlacementStrategy) {
	for _, f := range fields {
		kind, field, _ := strings.Cut(f, " ")
		list = append(list, types.PlacementStrategy{Type: types.PlacementStrategyType(kind), Field: aws.String(field)})
	}
	return list
}

// homes counts tasks by the instance that they are on.
func homes(tasks []types.Task) map[string]int {
	n := map[string]int{}
	for _, t := range tasks {
		n[aws.ToString(t.ContainerInstanceArn)]++
	}
	return n
}

func TestClusterWithoutInstances(t *testing.T) {
	inWorld(t, func(w *world) {
		out := w.place(1<<20, times(3), func(in *ecs.RunTaskInput) {
			in.PlacementConstraints, in.PlacementStrategy = memberOf("attribute:x == y"), strategies("random")
		})
		assert.Len(t, out.Tasks, 3, "an implicit instance takes any task")
		assert.Nil(t, out.Tasks[0].ContainerInstanceArn)
	})
	inWorldOf(t, server.Config{NoImplicitInstance: true}, func(w *world) {
		_, err := w.RunTask(t.Context(), &ecs.RunTaskInput{TaskDefinition: aws.String(w.release("app"))})
		require.EqualError(t, err, "InvalidParameterException: No Container Instances were found in your cluster.")
	})
}

func TestRoomOfAnInstance(t *testing.T) {
	inWorld(t, func(w *world) {
		i := w.add(server.InstanceSpec{CPU: 100, Memory: 1000, AvailabilityZone: "us-east-1c", Ports: []int{9000}})
		assert.Equal(t, int32(1000), remaining(i, "MEMORY").IntegerValue)
		assert.Equal(t, []string{"22", "2376", "2375", "51678", "51679", "9000"}, remaining(i, "PORTS").StringSetValue)
		assert.True(t, i.AgentConnected)
		assert.Equal(t, "ACTIVE", *i.Status)
		out := w.place(400, times(3))
		require.Len(t, out.Tasks, 2)
		assert.Equal(t, *i.ContainerInstanceArn, *out.Tasks[0].ContainerInstanceArn)
		assert.Equal(t, "us-east-1c", *out.Tasks[0].AvailabilityZone)
		assert.Equal(t, []types.Failure{{Arn: i.ContainerInstanceArn, Reason: aws.String("RESOURCE:MEMORY")}}, out.Failures)
		first := *out.Tasks[0].TaskArn
		w.until(first, "RUNNING")
		w.until(*out.Tasks[1].TaskArn, "RUNNING")
		now := w.instance(i)
		assert.Equal(t, int32(2), now.RunningTasksCount)
		assert.Equal(t, int32(200), remaining(now, "MEMORY").IntegerValue)
		assert.Equal(t, int32(80), remaining(now, "CPU").IntegerValue)
		assert.Equal(t, int32(1000), now.RegisteredResources[1].IntegerValue)
		list, err := w.ListTasks(t.Context(), &ecs.ListTasksInput{ContainerInstance: i.ContainerInstanceArn})
		require.NoError(t, err)
		assert.Len(t, list.TaskArns, 2)

		w.stop(first, "")
		assert.Equal(t, int32(200), remaining(w.instance(i), "MEMORY").IntegerValue, "it holds what it has until it has STOPPED")
		w.until(first, "STOPPED")
		assert.Equal(t, int32(600), remaining(w.instance(i), "MEMORY").IntegerValue)
		assert.Len(t, w.place(400).Tasks, 1)
	}, simulated.On(simulated.Any(), simulated.IgnoreTerm(), simulated.RunFor(time.Hour)))
}

func TestWhyATaskFindsNoPlace(t *testing.T) {
	inWorld(t, func(w *world) {
		i := w.add(server.InstanceSpec{CPU: 100, Memory: 1000, ENIs: 1, Attributes: map[string]string{"stack": "prod"}})
		fails := func(mode types.NetworkMode, want string, change func(*ecs.RunTaskInput), d types.ContainerDefinition) {
			t.Helper()
			in := &ecs.RunTaskInput{TaskDefinition: aws.String(w.register(mode, d))}
			if mode == types.NetworkModeAwsvpc {
				in.NetworkConfiguration = &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}}}
			}
			change(in)
			out, err := w.RunTask(t.Context(), in)
			require.NoError(t, err)
			if want == "" {
				assert.Len(t, out.Tasks, 1)
				return
			}
			assert.Equal(t, []types.Failure{{Arn: i.ContainerInstanceArn, Reason: aws.String(want)}}, out.Failures)
		}
		as := func(*ecs.RunTaskInput) {}
		port := func(d *types.ContainerDefinition) {
			d.PortMappings = []types.PortMapping{{ContainerPort: aws.Int32(80), HostPort: aws.Int32(8080)}, {ContainerPort: aws.Int32(53), HostPort: aws.Int32(53), Protocol: "udp"}}
		}
		large := func(d *types.ContainerDefinition) { d.Cpu = 101 }
		fails("bridge", "RESOURCE:CPU", as, container("app", large))
		fails("bridge", "", func(in *ecs.RunTaskInput) {
			in.Overrides = &types.TaskOverride{ContainerOverrides: []types.ContainerOverride{{Name: aws.String("app"), Cpu: aws.Int32(1)}}}
		}, container("app", large))
		fails("bridge", "RESOURCE:MEMORY", func(in *ecs.RunTaskInput) { in.Overrides = &types.TaskOverride{Memory: aws.String("2048")} }, container("app"))
		fails("bridge", "", as, container("app", port))
		fails("bridge", "RESOURCE:PORTS", as, container("app", port))
		assert.Contains(t, remaining(w.instance(i), "PORTS").StringSetValue, "8080")
		assert.Equal(t, []string{"53"}, remaining(w.instance(i), "PORTS_UDP").StringSetValue)
		fails("awsvpc", "", as, container("app"))
		fails("awsvpc", "RESOURCE:ENI", as, container("app"))
		fails("bridge", "MemberOf placement constraint unsatisfied.", func(in *ecs.RunTaskInput) { in.PlacementConstraints = memberOf("attribute:stack == dev") }, container("app"))
		fails("bridge", "DistinctInstance placement constraint unsatisfied.", distinct, container("app"))
		fails("bridge", "", func(in *ecs.RunTaskInput) { distinct(in); in.Group = aws.String("other") }, container("app"))
		require.NoError(t, w.SetAgentConnected(*i.ContainerInstanceArn, false))
		fails("bridge", "AGENT", as, container("app"))
		assert.Equal(t, types.InstanceHealthCheckStateInsufficientData, w.health(i))
		require.NoError(t, w.SetAgentConnected(*i.ContainerInstanceArn, true))
		assert.Equal(t, types.InstanceHealthCheckStateOk, w.health(i))
	})
}

func (w *world) health(i types.ContainerInstance) types.InstanceHealthCheckState {
	out, err := w.DescribeContainerInstances(w.Context(), &ecs.DescribeContainerInstancesInput{
		ContainerInstances: []string{*i.ContainerInstanceArn}, Include: []types.ContainerInstanceField{"CONTAINER_INSTANCE_HEALTH"},
	})
	require.NoError(w, err)
	return out.ContainerInstances[0].HealthStatus.OverallStatus
}

func TestStrategiesOfRunTask(t *testing.T) {
	inWorld(t, func(w *world) {
		a := w.add(server.InstanceSpec{Memory: 1000, AvailabilityZone: "us-east-1a"})
		b := w.add(server.InstanceSpec{Memory: 900, AvailabilityZone: "us-east-1a"})
		c := w.add(server.InstanceSpec{Memory: 1000, AvailabilityZone: "us-east-1b"})
		by := func(fields ...string) func(*ecs.RunTaskInput) {
			return func(in *ecs.RunTaskInput) {
				in.PlacementStrategy, in.Group = strategies(fields...), aws.String(strings.Join(fields, "-")[:4])
			}
		}
		assert.Equal(t, map[string]int{*b.ContainerInstanceArn: 3}, homes(w.place(100, times(3), by("binpack memory")).Tasks))
		assert.Equal(t, map[string]int{*a.ContainerInstanceArn: 1, *b.ContainerInstanceArn: 1, *c.ContainerInstanceArn: 2},
			homes(w.place(10, times(4), by("spread attribute:ecs.availability-zone", "spread host")).Tasks))
		assert.Equal(t, map[string]int{*a.ContainerInstanceArn: 1, *b.ContainerInstanceArn: 1, *c.ContainerInstanceArn: 1}, homes(w.place(10, times(3), distinct).Tasks))
	})
}

func TestPlacementInputIsChecked(t *testing.T) {
	inWorld(t, func(w *world) {
		td := aws.String(w.release("app"))
		for text, in := range map[string]*ecs.RunTaskInput{
			`expected a value at position 15 of "attribute:x =="`:                        {PlacementConstraints: memberOf("attribute:x ==")},
			"must have an expression":                                                    {PlacementConstraints: memberOf("")},
			"of type distinctInstance cannot have an expression":                         {PlacementConstraints: []types.PlacementConstraint{{Type: "distinctInstance", Expression: aws.String("x")}}},
			"The value near of placementConstraints.type is invalid":                     {PlacementConstraints: []types.PlacementConstraint{{Type: "near"}}},
			"at most 10 placement constraints":                                           {PlacementConstraints: make([]types.PlacementConstraint, 11)},
			"at most 5 placement strategies":                                             {PlacementStrategy: strategies("random", "random", "random", "random", "random", "random")},
			"The field disk of a placement strategy binpack is invalid":                  {PlacementStrategy: strategies("binpack disk")},
			"The value pile of placementStrategy.type is invalid":                        {PlacementStrategy: strategies("pile")},
			"Placement constraints are not supported with FARGATE launch type.":          {LaunchType: "FARGATE", PlacementConstraints: memberOf("agentConnected == true")},
			"cannot contain a capacity provider that is not associated with the cluster": {CapacityProviderStrategy: []types.CapacityProviderStrategyItem{{CapacityProvider: aws.String("FARGATE")}}},
		} {
			in.TaskDefinition = td
			if in.LaunchType == "FARGATE" {
				in.TaskDefinition = aws.String(w.fargate())
				in.NetworkConfiguration = &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}}}
			}
			_, err := w.RunTask(t.Context(), in)
			assert.ErrorContains(t, err, "InvalidParameterException")
			assert.ErrorContains(t, err, text)
		}
		_, err := w.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
			Family: aws.String("x"), ContainerDefinitions: []types.ContainerDefinition{container("app")},
			PlacementConstraints: []types.TaskDefinitionPlacementConstraint{{Type: "memberOf", Expression: aws.String("nonsense")}},
		})
		assert.ErrorContains(t, err, "InvalidParameterException: Invalid placement constraint expression")
	})
}

func (w *world) fargate() string {
	out, err := w.RegisterTaskDefinition(w.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("fargate"), NetworkMode: "awsvpc", ContainerDefinitions: []types.ContainerDefinition{container("app")},
		Cpu: aws.String("256"), Memory: aws.String("512"), RequiresCompatibilities: []types.Compatibility{"FARGATE"},
	})
	require.NoError(w, err)
	return *out.TaskDefinition.TaskDefinitionArn
}

func TestConstraintOfTheDefinition(t *testing.T) {
	inWorld(t, func(w *world) {
		w.add(server.InstanceSpec{})
		gpu := w.add(server.InstanceSpec{InstanceType: "g2.2xlarge"})
		out, err := w.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
			Family: aws.String("x"), ContainerDefinitions: []types.ContainerDefinition{container("app")},
			PlacementConstraints: []types.TaskDefinitionPlacementConstraint{{Type: "memberOf", Expression: aws.String("attribute:ecs.instance-type =~ g2.*")}},
		})
		require.NoError(t, err)
		ran, err := w.RunTask(t.Context(), &ecs.RunTaskInput{TaskDefinition: out.TaskDefinition.TaskDefinitionArn, Count: aws.Int32(3)})
		require.NoError(t, err)
		assert.Equal(t, map[string]int{*gpu.ContainerInstanceArn: 3}, homes(ran.Tasks))
	})
}

func TestStartTask(t *testing.T) {
	inWorld(t, func(w *world) {
		a, b := w.add(server.InstanceSpec{}), w.add(server.InstanceSpec{Memory: 10})
		c := w.add(server.InstanceSpec{})
		w.drain(c)
		in := &ecs.StartTaskInput{
			TaskDefinition: aws.String(w.release("app")), StartedBy: aws.String("me"),
			ContainerInstances: []string{*a.ContainerInstanceArn, *b.ContainerInstanceArn, *c.ContainerInstanceArn, "nobody"},
			Tags:               []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}},
		}
		out, err := w.StartTask(t.Context(), in)
		require.NoError(t, err)
		require.Len(t, out.Tasks, 1)
		task := w.until(*out.Tasks[0].TaskArn, "RUNNING")
		assert.Equal(t, *a.ContainerInstanceArn, *task.ContainerInstanceArn)
		assert.Equal(t, "me", *task.StartedBy)
		assert.Equal(t, in.Tags, task.Tags)
		assert.Equal(t, types.LaunchTypeEc2, task.LaunchType)
		assert.Equal(t, []types.Failure{
			{Arn: b.ContainerInstanceArn, Reason: aws.String("RESOURCE:MEMORY")},
			{Arn: c.ContainerInstanceArn, Reason: aws.String("INACTIVE")},
			{Arn: aws.String("arn:aws:ecs:us-east-1:000000000000:container-instance/default/nobody"), Reason: aws.String("MISSING")},
		}, out.Failures)
		_, err = w.StartTask(t.Context(), &ecs.StartTaskInput{TaskDefinition: in.TaskDefinition})
		assert.ErrorContains(t, err, "Container Instances cannot be empty.")
		_, err = w.StartTask(t.Context(), &ecs.StartTaskInput{TaskDefinition: in.TaskDefinition, ContainerInstances: make([]string, 11)})
		assert.ErrorContains(t, err, "at most 10")
	})
}

func (w *world) status(status types.ContainerInstanceStatus, i types.ContainerInstance) {
	w.Helper()
	out, err := w.UpdateContainerInstancesState(w.Context(), &ecs.UpdateContainerInstancesStateInput{ContainerInstances: []string{*i.ContainerInstanceArn}, Status: status})
	require.NoError(w, err)
	assert.Empty(w, out.Failures)
}

func (w *world) drain(i types.ContainerInstance) {
	w.Helper()
	w.status(types.ContainerInstanceStatusDraining, i)
}

// recorder keeps the events of services and instances.
type recorder struct {
	mu        sync.Mutex
	actions   []server.ServiceEvent
	instances []types.ContainerInstance
}

func (r *recorder) config() server.Config {
	return server.Config{
		ServiceEvent: func(e server.ServiceEvent) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.actions = append(r.actions, e)
		},
		InstanceChanged: func(i types.ContainerInstance) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.instances = append(r.instances, i)
		},
	}
}

// named are the actions of a name.
func (r *recorder) named(name string) (list []server.ServiceEvent) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.actions {
		if e.Name == name {
			list = append(list, e)
		}
	}
	return list
}

func TestServiceFindsNoPlace(t *testing.T) {
	r := new(recorder)
	inWorldOf(t, r.config(), func(w *world) {
		i := w.add(server.InstanceSpec{Memory: 100})
		td := w.release("app") // 64 MiB
		w.serve(td, 3)
		sv := w.reaches(func(sv types.Service) bool { return sv.RunningCount == 1 && len(sv.Events) > 1 })
		id := (*i.ContainerInstanceArn)[strings.LastIndexByte(*i.ContainerInstanceArn, '/')+1:]
		want := fmt.Sprintf("(service web) was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance %s) has insufficient memory available. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.", id)
		assert.Contains(t, messages(sv), want)
		time.Sleep(time.Hour)
		assert.Len(t, slices.DeleteFunc(messages(w.web()), func(m string) bool { return m != want }), 1, "it is said once")
		assert.Equal(t, types.DeploymentRolloutStateInProgress, w.web().Deployments[0].RolloutState)
		e := r.named("SERVICE_TASK_PLACEMENT_FAILURE")
		require.Len(t, e, 1)
		assert.Equal(t, "ERROR RESOURCE:MEMORY", e[0].Type+" "+e[0].Reason)
		assert.Equal(t, []string{*i.ContainerInstanceArn}, e[0].ContainerInstanceARNs)

		began := time.Now()
		w.add(server.InstanceSpec{})
		w.stable()
		assert.Less(t, time.Since(began), 3*time.Second, "room is used as soon as there is any")
	})
}

func TestServiceWithoutInstances(t *testing.T) {
	inWorldOf(t, server.Config{NoImplicitInstance: true}, func(w *world) {
		w.serve(w.release("app"), 1)
		sv := w.reaches(func(sv types.Service) bool { return len(sv.Events) > 0 })
		assert.Equal(t, []string{"(service web) was unable to place a task because no container instance met all of its requirements. Reason: No Container Instances were found in your cluster. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."}, messages(sv))
		i := w.add(server.InstanceSpec{})
		w.stable()
		assert.Equal(t, map[string]int{*i.ContainerInstanceArn: 1}, homes(w.serving()))
	})
}

func TestRoomOfATaskThatStops(t *testing.T) {
	inWorld(t, func(w *world) {
		w.add(server.InstanceSpec{Memory: 100})
		other := *w.place(64).Tasks[0].TaskArn
		w.serve(w.release("app"), 1)
		w.reaches(func(sv types.Service) bool { return len(sv.Events) > 0 })
		w.stop(other, "")
		w.stable()
	})
}

func TestServicesSpread(t *testing.T) {
	inWorld(t, func(w *world) {
		for _, zone := range []string{"a", "a", "b"} {
			w.add(server.InstanceSpec{AvailabilityZone: "us-east-1" + zone})
		}
		zones := func() map[string]int {
			n := map[string]int{}
			for _, task := range w.serving() {
				n[*task.AvailabilityZone]++
			}
			return n
		}
		w.serve(w.release("app"), 4)
		w.stable()
		assert.Equal(t, map[string]int{"us-east-1a": 2, "us-east-1b": 2}, zones())
		assert.Len(t, homes(w.serving()), 3, "and over the instances of a zone")
		w.scale(2)
		w.stable()
		assert.Equal(t, map[string]int{"us-east-1a": 1, "us-east-1b": 1}, zones(), "also when tasks go")
		w.update(func(in *ecs.UpdateServiceInput) {
			in.PlacementConstraints = memberOf("attribute:ecs.availability-zone == us-east-1b")
			in.ForceNewDeployment = true
		})
		w.stable()
		assert.Equal(t, map[string]int{"us-east-1b": 2}, zones())
	})
}

func TestDrainingReplacesServiceTasks(t *testing.T) {
	inWorld(t, func(w *world) {
		a := w.add(server.InstanceSpec{})
		alone := *w.place(10).Tasks[0].TaskArn
		w.serve(w.release("v1", checked), 2)
		w.stable()
		w.drain(a)
		sv := w.reaches(func(sv types.Service) bool { return strings.Contains(*sv.Events[0].Message, "No Container Instances") })
		assert.Equal(t, int32(2), sv.RunningCount, "none goes before another is there")
		b := w.add(server.InstanceSpec{})
		least := 2
		w.reaches(func(sv types.Service) bool {
			least = min(least, int(sv.RunningCount))
			return isStable(sv) && len(homes(w.serving())) == 1 && homes(w.serving())[*b.ContainerInstanceArn] == 2
		})
		assert.Equal(t, 2, least)
		time.Sleep(time.Minute)
		w.until(alone, "RUNNING")
		assert.Equal(t, int32(1), w.instance(a).RunningTasksCount, "a task that is of no service stays")
		w.status(types.ContainerInstanceStatusActive, a)
		assert.Equal(t, "ACTIVE", *w.instance(a).Status)
	})
}

// TestUpdateInAFullCluster makes room by stopping old tasks where the service
// may have fewer for a while.
func TestUpdateInAFullCluster(t *testing.T) {
	for least, done := range map[int32]bool{50: true, 100: false} {
		inWorld(t, func(w *world) {
			w.add(server.InstanceSpec{Memory: 4 * 64})
			w.serve(w.release("v1"), 4, percents(least, 200))
			w.stable()
			w.ship(w.release("v2"))
			time.Sleep(time.Hour)
			sv := w.web()
			assert.Equal(t, done, isStable(sv), "%d %% %s", least, w.tale())
			assert.Equal(t, int32(4), sv.RunningCount)
			assert.Contains(t, strings.Join(messages(sv), "\n"), "insufficient memory")
		})
	}
}

func daemon(in *ecs.CreateServiceInput) {
	in.DesiredCount, in.SchedulingStrategy = nil, types.SchedulingStrategyDaemon
	in.PlacementConstraints = memberOf("attribute:stack != dev")
}

func TestDaemonOnEachInstance(t *testing.T) {
	r := new(recorder)
	inWorldOf(t, r.config(), func(w *world) {
		a, b := w.add(server.InstanceSpec{}), w.add(server.InstanceSpec{})
		w.add(server.InstanceSpec{Attributes: map[string]string{"stack": "dev"}})
		w.serve(w.release("v1"), 0, daemon)
		assert.Equal(t, int32(2), w.stable().DesiredCount)
		each := func(on ...types.ContainerInstance) {
			t.Helper()
			want := map[string]int{}
			for _, i := range on {
				want[*i.ContainerInstanceArn] = 1
			}
			sv := w.reaches(func(sv types.Service) bool {
				return isStable(sv) && int(sv.DesiredCount) == len(on) && len(w.serving()) == len(on)
			})
			assert.Equal(t, want, homes(w.serving()), "%v", messages(sv))
		}
		each(a, b)
		c := w.add(server.InstanceSpec{})
		each(a, b, c)
		w.drain(a)
		each(b, c)
		assert.Empty(t, r.named("SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED"))
		_, err := w.PutAttributes(t.Context(), &ecs.PutAttributesInput{Attributes: []types.Attribute{{Name: aws.String("stack"), Value: aws.String("dev"), TargetId: c.ContainerInstanceArn}}})
		require.NoError(t, err)
		each(b)
		assert.Len(t, r.named("SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED"), 1)
		w.status(types.ContainerInstanceStatusActive, a)
		each(a, b)
		require.NoError(t, w.TerminateInstance(*b.ContainerInstanceArn))
		each(a)
		w.ship(w.release("v2"))
		each(a)
		assert.Equal(t, "v2", *w.serving()[0].Containers[0].Image)
	})
}

func TestDaemonsStopLast(t *testing.T) {
	inWorld(t, func(w *world) {
		a := w.add(server.InstanceSpec{})
		w.serve(w.release("daemon"), 0, daemon)
		w.stable()
		_, err := w.CreateService(t.Context(), &ecs.CreateServiceInput{ServiceName: aws.String("api"), TaskDefinition: aws.String(w.release("api")), DesiredCount: aws.Int32(1)})
		require.NoError(t, err)
		synctest.Wait()
		time.Sleep(time.Minute)
		require.Equal(t, int32(2), w.instance(a).RunningTasksCount)
		w.drain(a)
		time.Sleep(time.Minute)
		assert.Equal(t, int32(2), w.instance(a).RunningTasksCount, "the replica has nowhere to go")
		w.add(server.InstanceSpec{})
		time.Sleep(time.Minute)
		assert.Zero(t, w.instance(a).RunningTasksCount)
		assert.Equal(t, int32(1), w.web().DesiredCount)
	})
}

func TestTerminatedInstance(t *testing.T) {
	inWorld(t, func(w *world) {
		i := w.add(server.InstanceSpec{EC2InstanceID: "i-1"})
		arn := *w.place(10).Tasks[0].TaskArn
		w.until(arn, "RUNNING")
		began := time.Now()
		require.NoError(t, w.TerminateInstance(*i.ContainerInstanceArn))
		task := w.until(arn, "STOPPED")
		assert.Zero(t, time.Since(began), "without a stop timeout")
		assert.Equal(t, types.TaskStopCodeTerminationNotice, task.StopCode)
		assert.Equal(t, "Host EC2 (instance i-1) terminated.", *task.StoppedReason)
		assert.Equal(t, "INACTIVE", *w.instance(i).Status)
		require.ErrorContains(t, w.TerminateInstance(*i.ContainerInstanceArn), "is not known")
		_, err := w.RunTask(t.Context(), &ecs.RunTaskInput{TaskDefinition: aws.String("life")})
		require.ErrorContains(t, err, "No Container Instances were found in your cluster.")
	})
}

func TestInstanceEvents(t *testing.T) {
	r := new(recorder)
	inWorldOf(t, r.config(), func(w *world) {
		i := w.add(server.InstanceSpec{Memory: 100})
		arn := *w.place(64).Tasks[0].TaskArn
		w.until(arn, "RUNNING")
		w.stop(arn, "")
		w.until(arn, "STOPPED")
		w.drain(i)
		w.drain(i) // changes nothing
		_, err := w.DeregisterContainerInstance(t.Context(), &ecs.DeregisterContainerInstanceInput{ContainerInstance: i.ContainerInstanceArn})
		require.NoError(t, err)
		var story []string
		for _, e := range r.instances {
			story = append(story, fmt.Sprintf("%d %s %d %v", e.Version, *e.Status, remaining(e, "MEMORY").IntegerValue, e.AgentConnected))
		}
		assert.Equal(t, []string{"1 ACTIVE 100 true", "2 ACTIVE 36 true", "3 ACTIVE 100 true", "4 DRAINING 100 true", "5 INACTIVE 100 false"}, story)
	})
}
