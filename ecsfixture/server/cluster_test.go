package server

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
)

func mustCreate(t *testing.T, s *Service, in *ecs.CreateClusterInput) *types.Cluster {
	t.Helper()
	out, err := s.CreateCluster(t.Context(), in)
	require.NoError(t, err)
	return out.Cluster
}

func describeClusters(t *testing.T, s *Service, include []types.ClusterField, names ...string) *ecs.DescribeClustersOutput {
	t.Helper()
	out, err := s.DescribeClusters(t.Context(), &ecs.DescribeClustersInput{Clusters: names, Include: include})
	require.NoError(t, err)
	return out
}

func TestANewClusterOnTheWire(t *testing.T) {
	out, err := newTestService().CreateCluster(t.Context(), &ecs.CreateClusterInput{ClusterName: aws.String("c")})
	require.NoError(t, err)
	out.Cluster.Statistics = nil
	assert.JSONEq(t, `{"cluster": {
		"clusterArn": "arn:aws:ecs:us-east-1:000000000000:cluster/c", "clusterName": "c", "status": "ACTIVE",
		"activeServicesCount": 0, "pendingTasksCount": 0, "runningTasksCount": 0, "registeredContainerInstancesCount": 0,
		"settings": [{"name": "containerInsights", "value": "disabled"}], "tags": [],
		"capacityProviders": [], "defaultCapacityProviderStrategy": []
	}}`, string(awsjson.Marshal(out)))
}

func TestCreateClusterIsIdempotent(t *testing.T) {
	s := newTestService()
	assert.Equal(t, "default", *mustCreate(t, s, &ecs.CreateClusterInput{}).ClusterName)
	full := &ecs.CreateClusterInput{
		ClusterName:                     aws.String("c"),
		Tags:                            []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}},
		Settings:                        []types.ClusterSetting{{Name: "containerInsights", Value: aws.String("enhanced")}},
		Configuration:                   &types.ClusterConfiguration{ExecuteCommandConfiguration: &types.ExecuteCommandConfiguration{Logging: "NONE"}},
		ServiceConnectDefaults:          &types.ClusterServiceConnectDefaultsRequest{Namespace: aws.String("ns")},
		CapacityProviders:               []string{"FARGATE"},
		DefaultCapacityProviderStrategy: []types.CapacityProviderStrategyItem{{CapacityProvider: aws.String("FARGATE"), Weight: 1}},
	}
	first := mustCreate(t, s, full)
	assert.Equal(t, full.Tags, first.Tags)
	assert.Equal(t, full.Settings, first.Settings)
	assert.Equal(t, full.Configuration, first.Configuration)
	assert.Equal(t, "ns", *first.ServiceConnectDefaults.Namespace)
	assert.Equal(t, full.CapacityProviders, first.CapacityProviders)
	assert.Equal(t, full.DefaultCapacityProviderStrategy, first.DefaultCapacityProviderStrategy)
	assert.Equal(t, first, mustCreate(t, s, &ecs.CreateClusterInput{ClusterName: aws.String("c")}), "an active one is left as it is")
}

func TestADeletedCluster(t *testing.T) {
	s := newTestService()
	mustCreate(t, s, &ecs.CreateClusterInput{ClusterName: aws.String("c"), Tags: []types.Tag{{Key: aws.String("k")}}})
	for range 2 {
		out, err := s.DeleteCluster(t.Context(), &ecs.DeleteClusterInput{Cluster: aws.String("c")})
		require.NoError(t, err)
		assert.Equal(t, "INACTIVE", *out.Cluster.Status)
	}
	assert.Equal(t, "INACTIVE", *describeClusters(t, s, nil, "c").Clusters[0].Status)
	list, err := s.ListClusters(t.Context(), &ecs.ListClustersInput{})
	require.NoError(t, err)
	assert.Equal(t, []string{s.arn("cluster", "default")}, list.ClusterArns)

	_, err = s.UpdateCluster(t.Context(), &ecs.UpdateClusterInput{Cluster: aws.String("c")})
	assert.EqualError(t, err, "ClusterNotFoundException: "+msgClusterInactive)
	_, err = s.ListTagsForResource(t.Context(), &ecs.ListTagsForResourceInput{ResourceArn: aws.String(s.arn("cluster", "c"))})
	assert.EqualError(t, err, "InvalidParameterException: The specified cluster is inactive. Specify an active cluster and try again.")

	_, err = s.DeleteCluster(t.Context(), &ecs.DeleteClusterInput{})
	assert.ErrorContains(t, err, "cluster cannot be empty")

	again := mustCreate(t, s, &ecs.CreateClusterInput{ClusterName: aws.String("c")})
	assert.Equal(t, "ACTIVE", *again.Status)
	assert.Empty(t, again.Tags, "made anew")
}

func TestActiveCluster(t *testing.T) {
	s := newTestService()
	mustCreate(t, s, &ecs.CreateClusterInput{ClusterName: aws.String("c")})
	for _, name := range []string{"c", s.arn("cluster", "c"), "arn:aws:ecs:us-east-1::cluster/c"} {
		c, err := s.activeCluster(&name)
		require.NoError(t, err, name)
		assert.Equal(t, "c", c.name)
	}
	c, err := s.activeCluster(nil)
	require.NoError(t, err)
	assert.Equal(t, "default", c.name)
	for _, name := range []string{"", "x", "arn:aws:ecs:us-east-1:000000000000:task/c"} {
		_, err := s.activeCluster(&name)
		assert.EqualError(t, err, "ClusterNotFoundException: Cluster not found.", name)
	}
}

func TestDescribeClusters(t *testing.T) {
	s := newTestService()
	for _, name := range []string{"b", "a"} {
		mustCreate(t, s, &ecs.CreateClusterInput{
			ClusterName: aws.String(name), Tags: []types.Tag{{Key: aws.String("k")}},
			Configuration: &types.ClusterConfiguration{},
		})
	}
	out := describeClusters(t, s, nil, "b", "no", s.arn("cluster", "a"), "arn:aws:ecs:us-east-1::cluster/x")
	require.Len(t, out.Clusters, 2)
	assert.Equal(t, "b", *out.Clusters[0].ClusterName)
	assert.Equal(t, "a", *out.Clusters[1].ClusterName)
	assert.Equal(t, []types.Failure{
		{Arn: aws.String(s.arn("cluster", "no")), Reason: aws.String("MISSING")},
		{Arn: aws.String(s.arn("cluster", "x")), Reason: aws.String("MISSING")},
	}, out.Failures)
	assert.Equal(t, "default", *describeClusters(t, s, nil).Clusters[0].ClusterName)

	bare := out.Clusters[0]
	assert.Equal(t, []types.Tag{}, bare.Tags)
	assert.Equal(t, []types.ClusterSetting{}, bare.Settings)
	assert.Equal(t, []types.KeyValuePair{}, bare.Statistics)
	assert.Nil(t, bare.Configuration)

	full := describeClusters(t, s, types.ClusterField("").Values(), "b").Clusters[0]
	assert.Len(t, full.Tags, 1)
	assert.Len(t, full.Settings, 1)
	assert.Len(t, full.Statistics, 12)
	assert.NotNil(t, full.Configuration)
}

func TestDescribeClustersErrors(t *testing.T) {
	s := newTestService()
	for _, in := range []*ecs.DescribeClustersInput{
		{Clusters: make([]string, 101)},
		{Include: []types.ClusterField{"ALL"}},
	} {
		_, err := s.DescribeClusters(t.Context(), in)
		assert.ErrorContains(t, err, "InvalidParameterException")
	}
}

func TestTasksOfACluster(t *testing.T) {
	s := newTestService()
	c := s.clusters["default"]
	for i, status := range []string{"RUNNING", "RUNNING", "PENDING", "PROVISIONING", "ACTIVATING", "STOPPING", "STOPPED"} {
		launch := types.LaunchTypeEc2
		if i == 0 {
			launch = types.LaunchTypeFargate
		}
		s.tasks[fmt.Sprint(i)] = &task{cluster: c, api: types.Task{LastStatus: aws.String(status), LaunchType: launch}}
	}
	got := describeClusters(t, s, []types.ClusterField{"STATISTICS"}).Clusters[0]
	assert.EqualValues(t, 2, got.RunningTasksCount)
	assert.EqualValues(t, 3, got.PendingTasksCount)
	assert.Contains(t, got.Statistics, types.KeyValuePair{Name: aws.String("runningFargateTasksCount"), Value: aws.String("1")})
	assert.Contains(t, got.Statistics, types.KeyValuePair{Name: aws.String("pendingEC2TasksCount"), Value: aws.String("3")})

	_, err := s.DeleteCluster(t.Context(), &ecs.DeleteClusterInput{Cluster: aws.String("default")})
	assert.EqualError(t, err, "ClusterContainsTasksException: The Cluster cannot be deleted while Tasks are active.")
	for _, task := range s.tasks {
		task.api.LastStatus = aws.String("STOPPED")
	}
	_, err = s.DeleteCluster(t.Context(), &ecs.DeleteClusterInput{Cluster: aws.String("default")})
	assert.NoError(t, err)
}

func TestListClustersPages(t *testing.T) {
	s := newTestService()
	want := []string{}
	for i := range 7 {
		want = append(want, *mustCreate(t, s, &ecs.CreateClusterInput{ClusterName: aws.String(fmt.Sprint("c", i))}).ClusterArn)
	}
	want = append(want, s.arn("cluster", "default"))
	got := []string{}
	for in := (&ecs.ListClustersInput{MaxResults: aws.Int32(3)}); ; {
		out, err := s.ListClusters(t.Context(), in)
		require.NoError(t, err)
		got = append(got, out.ClusterArns...)
		if in.NextToken = out.NextToken; in.NextToken == nil {
			break
		}
	}
	assert.Equal(t, want, got)
}

func TestClusterInputIsChecked(t *testing.T) {
	s := newTestService()
	item := types.CapacityProviderStrategyItem{CapacityProvider: aws.String("FARGATE"), Base: 1, Weight: 1}
	for text, in := range map[string]*ecs.CreateClusterInput{
		"Invalid cluster name":           {ClusterName: aws.String("a b")},
		"is not a cluster setting":       {Settings: []types.ClusterSetting{{Name: "x"}}},
		"The value on of":                {Settings: []types.ClusterSetting{{Name: "containerInsights", Value: aws.String("on")}}},
		"provider ASG was not found":     {CapacityProviders: []string{"ASG"}},
		"not associated with the":        {DefaultCapacityProviderStrategy: []types.CapacityProviderStrategyItem{item}},
		"Only one capacity provider":     {CapacityProviders: builtInProviders, DefaultCapacityProviderStrategy: []types.CapacityProviderStrategyItem{item, item}},
		"its weight between 0 and 1000.": {CapacityProviders: builtInProviders, DefaultCapacityProviderStrategy: []types.CapacityProviderStrategyItem{{CapacityProvider: aws.String("FARGATE"), Weight: 1001}}},
		"at most 20 capacity providers":  {CapacityProviders: builtInProviders, DefaultCapacityProviderStrategy: slicesOf(21, types.CapacityProviderStrategyItem{CapacityProvider: aws.String("FARGATE")})},
		"Duplicate keys":                 {Tags: slicesOf(2, types.Tag{Key: aws.String("k")})},
		"logConfiguration must be": {Configuration: &types.ClusterConfiguration{
			ExecuteCommandConfiguration: &types.ExecuteCommandConfiguration{Logging: "OVERRIDE"},
		}},
	} {
		_, err := s.CreateCluster(t.Context(), in)
		assert.ErrorContains(t, err, "InvalidParameterException")
		assert.ErrorContains(t, err, text)
	}
}

func slicesOf[T any](n int, v T) []T {
	list := make([]T, n)
	for i := range list {
		list[i] = v
	}
	return list
}

func TestUpdateCluster(t *testing.T) {
	s := newTestService()
	update := func(in *ecs.UpdateClusterInput) *types.Cluster {
		in.Cluster = aws.String("default")
		out, err := s.UpdateCluster(t.Context(), in)
		require.NoError(t, err)
		return out.Cluster
	}
	update(&ecs.UpdateClusterInput{ServiceConnectDefaults: &types.ClusterServiceConnectDefaultsRequest{Namespace: aws.String("ns")}})
	out := update(&ecs.UpdateClusterInput{Settings: []types.ClusterSetting{{Name: "containerInsights", Value: aws.String("enabled")}}})
	assert.Equal(t, "ns", *out.ServiceConnectDefaults.Namespace, "what is left out stays")
	assert.Equal(t, "enabled", *out.Settings[0].Value)
	out = update(&ecs.UpdateClusterInput{ServiceConnectDefaults: &types.ClusterServiceConnectDefaultsRequest{Namespace: aws.String("")}})
	assert.Nil(t, out.ServiceConnectDefaults, "an empty namespace takes it away")
	assert.Equal(t, "enabled", *out.Settings[0].Value)

	set, err := s.UpdateClusterSettings(t.Context(), &ecs.UpdateClusterSettingsInput{
		Cluster:  aws.String("default"),
		Settings: []types.ClusterSetting{{Name: "containerInsights", Value: aws.String("disabled")}},
	})
	require.NoError(t, err)
	assert.Equal(t, "disabled", *set.Cluster.Settings[0].Value)
}

func TestPutClusterCapacityProviders(t *testing.T) {
	s := newTestService()
	put := func(names []string, strategy []types.CapacityProviderStrategyItem) (*types.Cluster, error) {
		out, err := s.PutClusterCapacityProviders(t.Context(), &ecs.PutClusterCapacityProvidersInput{
			Cluster: aws.String("default"), CapacityProviders: names, DefaultCapacityProviderStrategy: strategy,
		})
		if err != nil {
			return nil, err
		}
		return out.Cluster, nil
	}
	strategy := []types.CapacityProviderStrategyItem{{CapacityProvider: aws.String("FARGATE_SPOT"), Base: 1, Weight: 2}}
	c, err := put(builtInProviders, strategy)
	require.NoError(t, err)
	assert.Equal(t, builtInProviders, c.CapacityProviders)
	assert.Equal(t, strategy, c.DefaultCapacityProviderStrategy)
	c, err = put([]string{}, []types.CapacityProviderStrategyItem{})
	require.NoError(t, err)
	assert.Equal(t, []string{}, c.CapacityProviders)
	assert.Equal(t, []types.CapacityProviderStrategyItem{}, c.DefaultCapacityProviderStrategy)
	_, err = put(nil, []types.CapacityProviderStrategyItem{})
	assert.ErrorContains(t, err, "capacityProviders must be specified")
	_, err = put([]string{}, nil)
	assert.ErrorContains(t, err, "defaultCapacityProviderStrategy must be specified")
}
