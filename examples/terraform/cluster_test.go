package terraform

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// cluster reads a cluster as aws_ecs_cluster does.
func (p provider) cluster(arn string) types.Cluster {
	p.Helper()
	out, err := p.DescribeClusters(p.Context(), &ecs.DescribeClustersInput{
		Clusters: []string{arn}, Include: []types.ClusterField{types.ClusterFieldTags, types.ClusterFieldConfigurations, types.ClusterFieldSettings},
	})
	require.NoError(p, err)
	require.Len(p, out.Clusters, 1)
	return out.Clusters[0]
}

func (p provider) createCluster(in *ecs.CreateClusterInput) string {
	p.Helper()
	out, err := p.CreateCluster(p.Context(), in)
	require.NoError(p, err)
	return *out.Cluster.ClusterArn
}

// TestCluster: settings are filled in, everything else is what was sent.
func TestCluster(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	arn := p.createCluster(&ecs.CreateClusterInput{ClusterName: aws.String("demo"), Tags: tags("team", "blue")})
	assert.Equal(t, "arn:aws:ecs:us-east-1:000000000000:cluster/demo", arn)
	c := p.cluster(arn)
	assert.Equal(t, "ACTIVE", *c.Status)
	assert.Equal(t, []types.ClusterSetting{{Name: types.ClusterSettingNameContainerInsights, Value: aws.String("disabled")}}, c.Settings)
	assert.Nil(t, c.Configuration)
	assert.Nil(t, c.ServiceConnectDefaults)
	assert.Equal(t, map[string]string{"team": "blue"}, tagMap(c.Tags))
	assert.Empty(t, c.CapacityProviders)
	assert.Empty(t, c.DefaultCapacityProviderStrategy)

	p.retag(arn)
	assert.Equal(t, c.Settings, p.cluster("arn:aws:ecs:us-east-1::cluster/demo").Settings, "an import leaves out the account")
}

// TestClusterIsEchoed: settings and configuration come back as they were set,
// by create and by update.
func TestClusterIsEchoed(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	settings := []types.ClusterSetting{{Name: types.ClusterSettingNameContainerInsights, Value: aws.String("enhanced")}}
	configuration := &types.ClusterConfiguration{ExecuteCommandConfiguration: &types.ExecuteCommandConfiguration{
		KmsKeyId: aws.String("arn:aws:kms:us-east-1:000000000000:key/k"), Logging: types.ExecuteCommandLoggingOverride,
		LogConfiguration: &types.ExecuteCommandLogConfiguration{CloudWatchEncryptionEnabled: true, CloudWatchLogGroupName: aws.String("exec")},
	}}
	arn := p.createCluster(&ecs.CreateClusterInput{ClusterName: aws.String("demo"), Settings: settings, Configuration: configuration})
	assert.Equal(t, settings, p.cluster(arn).Settings)
	assert.Equal(t, configuration, p.cluster(arn).Configuration)

	settings[0].Value = aws.String("enabled")
	configuration.ExecuteCommandConfiguration.LogConfiguration.CloudWatchEncryptionEnabled = false
	_, err := p.UpdateCluster(t.Context(), &ecs.UpdateClusterInput{Cluster: aws.String(arn), Settings: settings, Configuration: configuration})
	require.NoError(t, err)
	assert.Equal(t, settings, p.cluster(arn).Settings)
	assert.Equal(t, configuration, p.cluster(arn).Configuration)
}

// TestClusterEnds: INACTIVE is gone to the provider, and to create it anew
// makes it ACTIVE.
func TestClusterEnds(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	in := &ecs.CreateClusterInput{ClusterName: aws.String("demo"), Tags: tags("team", "blue")}
	arn := p.createCluster(in)
	_, err := p.DeleteCluster(t.Context(), &ecs.DeleteClusterInput{Cluster: aws.String(arn)})
	require.NoError(t, err)
	assert.Equal(t, "INACTIVE", *p.cluster(arn).Status)
	_, err = p.ListTagsForResource(t.Context(), &ecs.ListTagsForResourceInput{ResourceArn: aws.String(arn)})
	refused[*types.InvalidParameterException](t, err, "The specified cluster is inactive. Specify an active cluster and try again.")
	assert.Equal(t, arn, p.createCluster(in))
	assert.Equal(t, "ACTIVE", *p.cluster(arn).Status)

	out, err := p.DescribeClusters(t.Context(), &ecs.DescribeClustersInput{Clusters: []string{"none"}})
	require.NoError(t, err)
	assert.Empty(t, out.Clusters)
	require.Len(t, out.Failures, 1)
	assert.Equal(t, "MISSING", *out.Failures[0].Reason)
}

// TestClusterInUse: the provider tries again for 10 minutes on these.
func TestClusterInUse(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	arn := p.createCluster(&ecs.CreateClusterInput{ClusterName: aws.String("demo")})
	run, err := p.RunTask(t.Context(), &ecs.RunTaskInput{Cluster: aws.String(arn), TaskDefinition: aws.String(p.register("bridge", `[{"name":"app","image":"app","memory":32}]`))})
	require.NoError(t, err)
	p.fx.WaitTaskRunning(t, *run.Tasks[0].TaskArn)
	_, err = p.DeleteCluster(t.Context(), &ecs.DeleteClusterInput{Cluster: aws.String(arn)})
	refused[*types.ClusterContainsTasksException](t, err, "")
	p.createService(serviceInput(arn, p.register("bridge", `[{"name":"app","image":"app","memory":32}]`)))
	_, err = p.DeleteCluster(t.Context(), &ecs.DeleteClusterInput{Cluster: aws.String(arn)})
	refused[*types.ClusterContainsServicesException](t, err, "")
}

// TestClusterCapacityProviders are set, and taken away by empty lists.
func TestClusterCapacityProviders(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	arn := p.createCluster(&ecs.CreateClusterInput{ClusterName: aws.String("demo")})
	put := func(providers []string, strategy []types.CapacityProviderStrategyItem) error {
		_, err := p.PutClusterCapacityProviders(t.Context(), &ecs.PutClusterCapacityProvidersInput{
			Cluster: aws.String(arn), CapacityProviders: providers, DefaultCapacityProviderStrategy: strategy,
		})
		return err
	}
	strategy := []types.CapacityProviderStrategyItem{{CapacityProvider: aws.String("FARGATE"), Base: 1, Weight: 100}, {CapacityProvider: aws.String("FARGATE_SPOT")}}
	require.NoError(t, put([]string{"FARGATE", "FARGATE_SPOT"}, strategy))
	c := p.cluster(arn)
	assert.Equal(t, "ACTIVE", *c.Status)
	assert.ElementsMatch(t, []string{"FARGATE", "FARGATE_SPOT"}, c.CapacityProviders)
	assert.ElementsMatch(t, strategy, c.DefaultCapacityProviderStrategy)

	require.NoError(t, put([]string{}, []types.CapacityProviderStrategyItem{}))
	assert.Empty(t, p.cluster(arn).CapacityProviders)
	assert.Empty(t, p.cluster(arn).DefaultCapacityProviderStrategy)

	_, err := p.DeleteCluster(t.Context(), &ecs.DeleteClusterInput{Cluster: aws.String(arn)})
	require.NoError(t, err)
	refused[*types.ClusterNotFoundException](t, put([]string{}, []types.CapacityProviderStrategyItem{}), "")
}
