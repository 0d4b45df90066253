package terraform

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const group = "arn:aws:autoscaling:us-east-1:000000000000:autoScalingGroup:1-2-3:autoScalingGroupName/workers"

// capacity reads a capacity provider as aws_ecs_capacity_provider does.
func (p provider) capacity(arn string) types.CapacityProvider {
	p.Helper()
	out, err := p.DescribeCapacityProviders(p.Context(), &ecs.DescribeCapacityProvidersInput{
		CapacityProviders: []string{arn}, Include: []types.CapacityProviderField{types.CapacityProviderFieldTags},
	})
	require.NoError(p, err)
	require.Len(p, out.CapacityProviders, 1)
	return out.CapacityProviders[0]
}

func (p provider) createCapacity(scaling *types.ManagedScaling) (arn string) {
	p.Helper()
	out, err := p.CreateCapacityProvider(p.Context(), &ecs.CreateCapacityProviderInput{
		Name: aws.String("workers"), Tags: tags("team", "blue"),
		AutoScalingGroupProvider: &types.AutoScalingGroupProvider{AutoScalingGroupArn: aws.String(group), ManagedScaling: scaling},
	})
	require.NoError(p, err)
	return *out.CapacityProvider.CapacityProviderArn
}

// TestCapacityProvider: what is computed is filled in, and a change ends with
// UPDATE_COMPLETE, or the provider fails.
func TestCapacityProvider(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	arn := p.createCapacity(nil)
	c := p.capacity(arn)
	assert.Equal(t, types.CapacityProviderStatusActive, c.Status)
	assert.Equal(t, "workers", *c.Name)
	assert.Equal(t, map[string]string{"team": "blue"}, tagMap(c.Tags))
	g := c.AutoScalingGroupProvider
	assert.Equal(t, group, *g.AutoScalingGroupArn)
	assert.NotEmpty(t, g.ManagedTerminationProtection)
	assert.NotEmpty(t, g.ManagedDraining)
	assert.Equal(t, types.ManagedScaling{
		Status: types.ManagedScalingStatusDisabled, TargetCapacity: aws.Int32(100), MinimumScalingStepSize: aws.Int32(1),
		MaximumScalingStepSize: aws.Int32(10000), InstanceWarmupPeriod: aws.Int32(300),
	}, *g.ManagedScaling)

	want := types.ManagedScaling{
		Status: types.ManagedScalingStatusEnabled, TargetCapacity: aws.Int32(50), MinimumScalingStepSize: aws.Int32(2),
		MaximumScalingStepSize: aws.Int32(20), InstanceWarmupPeriod: aws.Int32(0),
	}
	_, err := p.UpdateCapacityProvider(t.Context(), &ecs.UpdateCapacityProviderInput{
		Name: aws.String("workers"), AutoScalingGroupProvider: &types.AutoScalingGroupProviderUpdate{ManagedScaling: &want},
	})
	require.NoError(t, err)
	p.until("for UPDATE_COMPLETE", func() bool {
		status := p.capacity(arn).UpdateStatus
		assert.Contains(t, []string{"UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"}, string(status))
		return status == types.CapacityProviderUpdateStatusUpdateComplete
	})
	assert.Equal(t, want, *p.capacity(arn).AutoScalingGroupProvider.ManagedScaling)
	p.retag(arn)
	assert.Equal(t, arn, *p.capacity("arn:aws:ecs:us-east-1::capacity-provider/workers").CapacityProviderArn, "an import leaves out the account")
}

// TestCapacityProviderEnds: INACTIVE is gone to the provider.
func TestCapacityProviderEnds(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	arn := p.createCapacity(&types.ManagedScaling{Status: types.ManagedScalingStatusEnabled, TargetCapacity: aws.Int32(10)})
	cluster := p.createCluster(&ecs.CreateClusterInput{ClusterName: aws.String("demo")})
	associate := func(names ...string) {
		_, err := p.PutClusterCapacityProviders(t.Context(), &ecs.PutClusterCapacityProvidersInput{
			Cluster: aws.String(cluster), CapacityProviders: append([]string{}, names...), DefaultCapacityProviderStrategy: []types.CapacityProviderStrategyItem{},
		})
		require.NoError(t, err)
	}
	associate("workers")
	assert.Equal(t, []string{"workers"}, p.cluster(cluster).CapacityProviders)
	associate()
	in := &ecs.DeleteCapacityProviderInput{CapacityProvider: aws.String(arn)}
	_, err := p.DeleteCapacityProvider(t.Context(), in)
	require.NoError(t, err)
	p.until("for its end", func() bool { return p.capacity(arn).Status == types.CapacityProviderStatusInactive })
	_, err = p.DeleteCapacityProvider(t.Context(), in)
	refused[*types.ClientException](t, err, "capacity provider does not exist")
}
