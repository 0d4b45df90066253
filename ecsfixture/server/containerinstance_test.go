package server_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
)

// value returns an attribute of an instance.
func value(i types.ContainerInstance, name string) string {
	for _, a := range i.Attributes {
		if *a.Name == name {
			return aws.ToString(a.Value)
		}
	}
	return "none"
}

func TestInstanceSpecs(t *testing.T) {
	inWorld(t, func(w *world) {
		i := w.add(server.InstanceSpec{Attributes: map[string]string{"stack": "prod"}, Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}})
		assert.Regexp(t, `^arn:aws:ecs:us-east-1:000000000000:container-instance/default/[0-9a-f]{32}$`, *i.ContainerInstanceArn)
		assert.Regexp(t, `^i-[0-9a-f]{17}$`, *i.Ec2InstanceId)
		assert.Equal(t, "prod", value(i, "stack"))
		assert.Equal(t, "t3.medium", value(i, "ecs.instance-type"))
		assert.Equal(t, "us-east-1a", value(i, "ecs.availability-zone"))
		assert.Equal(t, "linux", value(i, "ecs.os-type"))
		assert.Empty(t, value(i, "ecs.capability.task-eni"))
		assert.Equal(t, int64(1), i.Version)
		assert.Len(t, i.Tags, 1)
		assert.Equal(t, []types.Tag{}, w.instance(i).Tags, "not asked for")
		out, err := w.DescribeClusters(t.Context(), &ecs.DescribeClustersInput{})
		require.NoError(t, err)
		assert.Equal(t, int32(1), out.Clusters[0].RegisteredContainerInstancesCount)
		_, err = w.AddInstance(server.InstanceSpec{Cluster: "other"})
		require.ErrorContains(t, err, "ClusterNotFoundException")
		_, err = w.AddInstance(server.InstanceSpec{Attributes: map[string]string{"a b": ""}})
		require.ErrorContains(t, err, "Invalid attribute name: a b")
	})
}

// TestInstancesHaveAllCapabilities places a task that needs whatever a
// definition can need.
func TestInstancesHaveAllCapabilities(t *testing.T) {
	inWorld(t, func(w *world) {
		w.add(server.InstanceSpec{CPU: 20_000})
		rich := container("app", checked, func(d *types.ContainerDefinition) {
			d.MemoryReservation, d.Privileged = aws.Int32(10), aws.Bool(true)
			d.PortMappings = []types.PortMapping{{ContainerPort: aws.Int32(80)}}
			d.DependsOn = []types.ContainerDependency{{ContainerName: aws.String("init"), Condition: types.ContainerConditionStart}}
			d.Secrets = []types.Secret{{Name: aws.String("A"), ValueFrom: aws.String("arn:aws:secretsmanager:us-east-1:000000000000:secret:a")}, {Name: aws.String("B"), ValueFrom: aws.String("b")}}
			d.RepositoryCredentials = &types.RepositoryCredentials{CredentialsParameter: aws.String("arn:aws:secretsmanager:us-east-1:000000000000:secret:r")}
			d.EnvironmentFiles = []types.EnvironmentFile{{Type: "s3", Value: aws.String("arn:aws:s3:::b/a.env")}}
			d.RestartPolicy = &types.ContainerRestartPolicy{Enabled: aws.Bool(true)}
			d.LogConfiguration = &types.LogConfiguration{LogDriver: "awslogs", Options: map[string]string{"awslogs-group": "g", "awslogs-region": "us-east-1"}}
		})
		init := container("init", sidecar, func(d *types.ContainerDefinition) {
			d.Image = aws.String("000000000000.dkr.ecr.us-east-1.amazonaws.com/init")
		})
		for _, mode := range []types.NetworkMode{"awsvpc", "host"} {
			out, err := w.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
				Family: aws.String("rich"), NetworkMode: mode, ContainerDefinitions: []types.ContainerDefinition{rich, init},
				Cpu: aws.String("11000"), Memory: aws.String("512"), PidMode: "task",
				TaskRoleArn: aws.String("role"), ExecutionRoleArn: aws.String("role"),
				Volumes: []types.Volume{
					{Name: aws.String("d"), DockerVolumeConfiguration: &types.DockerVolumeConfiguration{Scope: "task"}},
					{Name: aws.String("e"), EfsVolumeConfiguration: &types.EFSVolumeConfiguration{FileSystemId: aws.String("fs-1")}},
				},
			})
			require.NoError(t, err)
			in := &ecs.RunTaskInput{TaskDefinition: out.TaskDefinition.TaskDefinitionArn}
			if mode == "awsvpc" {
				in.NetworkConfiguration = &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}}}
			}
			ran, err := w.RunTask(t.Context(), in)
			require.NoError(t, err)
			assert.Empty(t, ran.Failures, "%v", out.TaskDefinition.RequiresAttributes)
			for _, task := range ran.Tasks {
				w.stop(*task.TaskArn, "")
				w.until(*task.TaskArn, "STOPPED")
			}
		}
	})
}

const document = `{"instanceId":"i-0a","instanceType":"c5.large","availabilityZone":"us-east-1d","imageId":"ami-1","architecture":"arm64"}`

func TestRegisterContainerInstance(t *testing.T) {
	inWorld(t, func(w *world) {
		in := &ecs.RegisterContainerInstanceInput{
			InstanceIdentityDocument: aws.String(document),
			TotalResources: []types.Resource{
				{Name: aws.String("CPU"), Type: aws.String("INTEGER"), IntegerValue: 512},
				{Name: aws.String("PORTS"), Type: aws.String("STRINGSET"), StringSetValue: []string{"80"}},
			},
			VersionInfo: &types.VersionInfo{AgentVersion: aws.String("1.50.0")},
			Attributes:  []types.Attribute{{Name: aws.String("com.amazonaws.ecs.capability.docker-remote-api.1.18")}},
		}
		out, err := w.RegisterContainerInstance(t.Context(), in)
		require.NoError(t, err)
		i := *out.ContainerInstance
		assert.Equal(t, "i-0a", *i.Ec2InstanceId)
		assert.Equal(t, "c5.large", value(i, "ecs.instance-type"))
		assert.Equal(t, "arm64", value(i, "ecs.cpu-architecture"))
		assert.Equal(t, "none", value(i, "ecs.capability.task-eni"), "it said what it can do")
		assert.Equal(t, int32(512), remaining(i, "CPU").IntegerValue)
		assert.Equal(t, int32(3840), remaining(i, "MEMORY").IntegerValue)
		assert.Equal(t, []string{"80"}, remaining(i, "PORTS").StringSetValue)
		assert.Equal(t, "1.50.0", *i.VersionInfo.AgentVersion)
		secret := w.place(10)
		assert.Len(t, secret.Tasks, 1)

		require.NoError(t, w.SetAgentConnected(*i.ContainerInstanceArn, false))
		again, err := w.RegisterContainerInstance(t.Context(), &ecs.RegisterContainerInstanceInput{ContainerInstanceArn: i.ContainerInstanceArn})
		require.NoError(t, err)
		assert.Equal(t, *i.ContainerInstanceArn, *again.ContainerInstance.ContainerInstanceArn)
		assert.True(t, again.ContainerInstance.AgentConnected)
		assert.Equal(t, int32(502), remaining(*again.ContainerInstance, "CPU").IntegerValue, "nothing else changed")

		plain, err := w.RegisterContainerInstance(t.Context(), &ecs.RegisterContainerInstanceInput{})
		require.NoError(t, err)
		assert.Empty(t, value(*plain.ContainerInstance, "ecs.capability.task-eni"), "a current agent is assumed")
		for text, bad := range map[string]*ecs.RegisterContainerInstanceInput{
			"identity document is invalid":                {InstanceIdentityDocument: aws.String("x")},
			"Invalid port: http":                          {TotalResources: []types.Resource{{Name: aws.String("PORTS"), StringSetValue: []string{"http"}}}},
			"totalResources GPU is not supported":         {TotalResources: []types.Resource{{Name: aws.String("GPU")}}},
			"platformDevices is not supported":            {PlatformDevices: []types.PlatformDevice{{Id: aws.String("x"), Type: "GPU"}}},
			"container instance was not found":            {ContainerInstanceArn: aws.String("x")},
			"Invalid attribute name":                      {Attributes: []types.Attribute{{}}},
			"Duplicate keys":                              {Tags: []types.Tag{{Key: aws.String("a")}, {Key: aws.String("a")}}},
			"ClusterNotFoundException: Cluster not found": {Cluster: aws.String("x")},
		} {
			_, err := w.RegisterContainerInstance(t.Context(), bad)
			assert.ErrorContains(t, err, text)
		}
	})
}

func TestAttributeThatIsMissing(t *testing.T) {
	inWorld(t, func(w *world) {
		i, err := w.RegisterContainerInstance(t.Context(), &ecs.RegisterContainerInstanceInput{
			Attributes: []types.Attribute{{Name: aws.String("ecs.capability.none")}},
		})
		require.NoError(t, err)
		w.serve(w.release("app", published), 1)
		sv := w.reaches(func(sv types.Service) bool { return len(sv.Events) > 0 })
		assert.Contains(t, *sv.Events[0].Message, "is missing an attribute required by your task.")
		_, err = w.PutAttributes(t.Context(), &ecs.PutAttributesInput{Attributes: []types.Attribute{{
			Name: aws.String("com.amazonaws.ecs.capability.docker-remote-api.1.18"), TargetId: i.ContainerInstance.ContainerInstanceArn,
		}}})
		require.NoError(t, err)
		w.stable()
	})
}

func TestListContainerInstances(t *testing.T) {
	inWorld(t, func(w *world) {
		a := w.add(server.InstanceSpec{AvailabilityZone: "us-east-1a", EC2InstanceID: "i-a"})
		b := w.add(server.InstanceSpec{AvailabilityZone: "us-east-1b"})
		c := w.add(server.InstanceSpec{AvailabilityZone: "us-east-1b"})
		gone := w.add(server.InstanceSpec{})
		_, err := w.DeregisterContainerInstance(t.Context(), &ecs.DeregisterContainerInstanceInput{ContainerInstance: gone.ContainerInstanceArn})
		require.NoError(t, err)
		w.drain(c)
		list := func(change func(*ecs.ListContainerInstancesInput)) []string {
			t.Helper()
			in := &ecs.ListContainerInstancesInput{}
			change(in)
			out, err := w.Service.ListContainerInstances(t.Context(), in)
			require.NoError(t, err)
			if out.NextToken != nil {
				in.NextToken = out.NextToken
				more, err := w.Service.ListContainerInstances(t.Context(), in)
				require.NoError(t, err)
				out.ContainerInstanceArns = append(out.ContainerInstanceArns, more.ContainerInstanceArns...)
			}
			return out.ContainerInstanceArns
		}
		filter := func(expression string) func(*ecs.ListContainerInstancesInput) {
			return func(in *ecs.ListContainerInstancesInput) { in.Filter = aws.String(expression) }
		}
		status := func(s types.ContainerInstanceStatus) func(*ecs.ListContainerInstancesInput) {
			return func(in *ecs.ListContainerInstancesInput) { in.Status = s }
		}
		arn := func(list ...types.ContainerInstance) (arns []string) {
			for _, i := range list {
				arns = append(arns, *i.ContainerInstanceArn)
			}
			return arns
		}
		assert.Equal(t, arn(a, b, c), list(func(in *ecs.ListContainerInstancesInput) { in.MaxResults = aws.Int32(2) }))
		assert.Equal(t, arn(c), list(status("DRAINING")))
		assert.Equal(t, arn(a, b), list(status("ACTIVE")))
		assert.Equal(t, arn(b, c), list(filter("attribute:ecs.availability-zone == us-east-1b")))
		assert.Equal(t, arn(a), list(filter("ec2InstanceId in ['i-a', i-z]")))
		w.place(10, func(in *ecs.RunTaskInput) {
			in.Group, in.PlacementConstraints = aws.String("db"), memberOf("ec2InstanceId == i-a")
		})
		assert.Equal(t, arn(a), list(filter("task:group == db")))
		assert.Equal(t, arn(b, c), list(filter("not(task:group == db)")))
		_, err = w.Service.ListContainerInstances(t.Context(), &ecs.ListContainerInstancesInput{Filter: aws.String("x")})
		assert.ErrorContains(t, err, `InvalidParameterException: Invalid filter: unknown subject "x"`)
		_, err = w.Service.ListContainerInstances(t.Context(), &ecs.ListContainerInstancesInput{Status: "x"})
		assert.ErrorContains(t, err, "InvalidParameterException")
	})
}

func TestDescribeContainerInstances(t *testing.T) {
	inWorld(t, func(w *world) {
		i := w.add(server.InstanceSpec{})
		describe := func(names ...string) (*ecs.DescribeContainerInstancesOutput, error) {
			return w.DescribeContainerInstances(context.Background(), &ecs.DescribeContainerInstancesInput{ContainerInstances: names, Include: []types.ContainerInstanceField{"TAGS"}})
		}
		tag := &ecs.TagResourceInput{ResourceArn: i.ContainerInstanceArn, Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("b")}}}
		_, err := w.TagResource(t.Context(), tag)
		require.NoError(t, err)
		out, err := describe((*i.ContainerInstanceArn)[len(*i.ContainerInstanceArn)-32:], "nobody", "arn:aws:ecs:us-east-1:000000000000:container-instance/other/x")
		require.NoError(t, err)
		assert.Equal(t, *i.ContainerInstanceArn, *out.ContainerInstances[0].ContainerInstanceArn)
		assert.Equal(t, tag.Tags, out.ContainerInstances[0].Tags)
		assert.Nil(t, out.ContainerInstances[0].HealthStatus)
		assert.Len(t, out.Failures, 2)
		assert.Equal(t, "MISSING", *out.Failures[0].Reason)
		_, err = describe()
		assert.ErrorContains(t, err, "Container Instances cannot be empty.")
		_, err = describe(make([]string, 101)...)
		assert.ErrorContains(t, err, "at most 100")
	})
}

func TestUpdateContainerInstancesState(t *testing.T) {
	inWorld(t, func(w *world) {
		i := w.add(server.InstanceSpec{})
		update := func(status types.ContainerInstanceStatus, names ...string) (*ecs.UpdateContainerInstancesStateOutput, error) {
			return w.UpdateContainerInstancesState(t.Context(), &ecs.UpdateContainerInstancesStateInput{ContainerInstances: names, Status: status})
		}
		out, err := update("DRAINING", *i.ContainerInstanceArn, "nobody")
		require.NoError(t, err)
		assert.Equal(t, "DRAINING", *out.ContainerInstances[0].Status)
		assert.Equal(t, "MISSING", *out.Failures[0].Reason)
		_, err = update("REGISTERING", "x")
		assert.ErrorContains(t, err, "Container instances status should be one of [ACTIVE, DRAINING]")
		_, err = update("ACTIVE", make([]string, 11)...)
		assert.ErrorContains(t, err, "at most 10")
		require.NoError(t, w.TerminateInstance(*i.ContainerInstanceArn))
		out, err = update("ACTIVE", *i.ContainerInstanceArn)
		require.NoError(t, err)
		assert.Equal(t, "INACTIVE", *out.Failures[0].Reason)
	})
}

func TestDeregisterContainerInstance(t *testing.T) {
	inWorld(t, func(w *world) {
		i := w.add(server.InstanceSpec{})
		arn := *w.place(10).Tasks[0].TaskArn
		w.until(arn, "RUNNING")
		deregister := func(force bool) (*ecs.DeregisterContainerInstanceOutput, error) {
			return w.DeregisterContainerInstance(t.Context(), &ecs.DeregisterContainerInstanceInput{ContainerInstance: i.ContainerInstanceArn, Force: &force})
		}
		_, err := deregister(false)
		require.EqualError(t, err, "InvalidParameterException: Found running tasks on the instance.")
		_, err = w.DeleteCluster(t.Context(), &ecs.DeleteClusterInput{Cluster: aws.String("default")})
		require.ErrorContains(t, err, "ClusterContainsContainerInstancesException: The Cluster cannot be deleted while Container Instances are active or draining.")
		out, err := deregister(true)
		require.NoError(t, err)
		assert.Equal(t, "INACTIVE", *out.ContainerInstance.Status)
		assert.Equal(t, "Container instance deregistration forced by user", *w.until(arn, "STOPPED").StoppedReason)
		_, err = deregister(true)
		require.ErrorContains(t, err, "InvalidParameterException")
		_, err = w.DeleteCluster(t.Context(), &ecs.DeleteClusterInput{Cluster: aws.String("default")})
		require.NoError(t, err)
		_, err = w.CreateCluster(t.Context(), &ecs.CreateClusterInput{})
		require.NoError(t, err)
		assert.Len(t, w.place(1<<20).Tasks, 1, "the cluster is a new one")
	})
}

func TestAttributes(t *testing.T) {
	inWorld(t, func(w *world) {
		i, other := w.add(server.InstanceSpec{}), w.add(server.InstanceSpec{})
		on := func(name, value string) types.Attribute {
			return types.Attribute{Name: &name, Value: &value, TargetId: i.ContainerInstanceArn}
		}
		put := func(list ...types.Attribute) error {
			_, err := w.PutAttributes(t.Context(), &ecs.PutAttributesInput{Attributes: list})
			return err
		}
		out, err := w.PutAttributes(t.Context(), &ecs.PutAttributesInput{Attributes: []types.Attribute{on("stack", "dev"), on("rank", "1")}})
		require.NoError(t, err)
		assert.Equal(t, types.TargetTypeContainerInstance, out.Attributes[0].TargetType)
		require.NoError(t, put(on("stack", "prod")))
		assert.Equal(t, "prod", value(w.instance(i), "stack"))
		assert.Equal(t, int64(3), w.instance(i).Version)
		list := func(in *ecs.ListAttributesInput) []types.Attribute {
			t.Helper()
			in.TargetType = types.TargetTypeContainerInstance
			out, err := w.ListAttributes(t.Context(), in)
			require.NoError(t, err)
			return out.Attributes
		}
		assert.Equal(t, "prod", *list(&ecs.ListAttributesInput{AttributeName: aws.String("stack")})[0].Value)
		assert.Len(t, list(&ecs.ListAttributesInput{AttributeName: aws.String("ecs.os-type"), AttributeValue: aws.String("linux")}), 2)
		assert.Empty(t, list(&ecs.ListAttributesInput{AttributeName: aws.String("ecs.os-type"), AttributeValue: aws.String("windows")}))
		assert.Len(t, list(&ecs.ListAttributesInput{MaxResults: aws.Int32(7)}), 7)

		gone, err := w.DeleteAttributes(t.Context(), &ecs.DeleteAttributesInput{Attributes: []types.Attribute{on("stack", "dev"), on("rank", "1"), {Name: aws.String("none"), TargetId: i.ContainerInstanceArn}}})
		require.NoError(t, err)
		require.Len(t, gone.Attributes, 1, "another value is another attribute")
		assert.Equal(t, "rank", *gone.Attributes[0].Name)

		var many []types.Attribute
		for n := range 10 {
			many = append(many, on(fmt.Sprint("a", n), ""))
		}
		assert.ErrorContains(t, put(many...), "AttributeLimitExceededException")
		assert.Equal(t, "none", value(w.instance(i), "a0"), "all or nothing")
		require.NoError(t, put(many[:9]...))
		assert.ErrorContains(t, put(on("b", "")), "AttributeLimitExceededException")
		require.NoError(t, put(on("ecs.os-family", "X"), types.Attribute{Name: aws.String("b"), TargetId: other.ContainerInstanceArn}))
		assert.ErrorContains(t, put(many[0], types.Attribute{Name: aws.String("b"), TargetId: aws.String("x")}), "TargetNotFoundException")
		assert.ErrorContains(t, put(), "attributes cannot be empty")
		assert.ErrorContains(t, put(on("x", " blank")), "The value of the attribute x is invalid")
		assert.ErrorContains(t, put(append(many, many...)...), "at most 10 attributes")
		_, err = w.ListAttributes(t.Context(), &ecs.ListAttributesInput{})
		assert.ErrorContains(t, err, "targetType must be container-instance")
	})
}
