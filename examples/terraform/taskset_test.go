package terraform

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func (p provider) taskSet(cluster, service, id string) (types.TaskSet, bool) {
	p.Helper()
	out, err := p.DescribeTaskSets(p.Context(), &ecs.DescribeTaskSetsInput{
		Cluster: aws.String(cluster), Service: aws.String(service), TaskSets: []string{id}, Include: []types.TaskSetField{types.TaskSetFieldTags},
	})
	require.NoError(p, err)
	if len(out.TaskSets) == 0 {
		return types.TaskSet{}, false
	}
	return out.TaskSets[0], true
}

// TestTaskSet of a service whose deployments are EXTERNAL.
func TestTaskSet(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	cluster := p.createCluster(&ecs.CreateClusterInput{ClusterName: aws.String("demo")})
	td := p.register("bridge", one(""))
	service := p.createService(serviceInput(cluster, td, func(in *ecs.CreateServiceInput) {
		in.TaskDefinition, in.DeploymentController = nil, &types.DeploymentController{Type: types.DeploymentControllerTypeExternal}
	}))
	made, err := p.CreateTaskSet(t.Context(), &ecs.CreateTaskSetInput{
		ClientToken: aws.String("terraform-1"), Cluster: aws.String(cluster), Service: aws.String(service), TaskDefinition: aws.String(td),
		Scale: &types.Scale{Unit: types.ScaleUnitPercent, Value: 100}, Tags: tags("team", "blue"),
	})
	require.NoError(t, err)
	id := *made.TaskSet.Id
	p.until("for STEADY_STATE", func() bool {
		ts, ok := p.taskSet(cluster, service, id)
		require.True(t, ok)
		return ts.StabilityStatus == types.StabilityStatusSteadyState
	})
	ts, _ := p.taskSet(cluster, service, id)
	assert.Equal(t, "ACTIVE", *ts.Status)
	assert.Equal(t, types.LaunchTypeEc2, ts.LaunchType)
	assert.Equal(t, types.Scale{Unit: types.ScaleUnitPercent, Value: 100}, *ts.Scale)
	assert.Equal(t, map[string]string{"team": "blue"}, tagMap(ts.Tags))
	assert.Nil(t, ts.NetworkConfiguration)
	assert.Empty(t, ts.CapacityProviderStrategy)
	assert.Empty(t, ts.LoadBalancers)
	assert.True(t, strings.HasSuffix(*ts.TaskSetArn, "task-set/demo/demo/"+id), *ts.TaskSetArn)
	p.retag(*ts.TaskSetArn)

	_, err = p.UpdateTaskSet(t.Context(), &ecs.UpdateTaskSetInput{
		Cluster: aws.String(cluster), Service: aws.String(service), TaskSet: aws.String(id), Scale: &types.Scale{Unit: types.ScaleUnitPercent, Value: 50},
	})
	require.NoError(t, err)
	ts, _ = p.taskSet(cluster, service, id)
	assert.Equal(t, 50.0, ts.Scale.Value)
	p.endTaskSet(cluster, service, id)
}

// endTaskSet deletes a task set, and what is asked then is answered as the
// provider wants it: nothing, or an exception.
func (p provider) endTaskSet(cluster, service, id string) {
	p.Helper()
	in := &ecs.DeleteTaskSetInput{Cluster: aws.String(cluster), Service: aws.String(service), TaskSet: aws.String(id), Force: aws.Bool(true)}
	_, err := p.DeleteTaskSet(p.Context(), in)
	require.NoError(p, err)
	p.until("for its end", func() bool {
		ts, ok := p.taskSet(cluster, service, id)
		if ok {
			assert.Contains(p, []string{"ACTIVE", "PRIMARY", "DRAINING"}, *ts.Status)
		}
		return !ok
	})
	_, err = p.DeleteTaskSet(p.Context(), in)
	refused[*types.TaskSetNotFoundException](p.T, err, "")
	_, err = p.DescribeTaskSets(p.Context(), &ecs.DescribeTaskSetsInput{Cluster: aws.String(cluster), Service: aws.String("none")})
	refused[*types.ServiceNotFoundException](p.T, err, "")
	_, err = p.DescribeTaskSets(p.Context(), &ecs.DescribeTaskSetsInput{Cluster: aws.String("none"), Service: aws.String(service)})
	refused[*types.ClusterNotFoundException](p.T, err, "")
}
