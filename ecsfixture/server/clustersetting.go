package server

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// insightsValues are what the setting containerInsights can be.
var insightsValues = []string{"disabled", "enabled", "enhanced"}

// defaultClusterSettings are those of a new cluster: as the account has them.
func (s *Service) defaultClusterSettings() []types.ClusterSetting {
	return []types.ClusterSetting{{
		Name:  types.ClusterSettingNameContainerInsights,
		Value: aws.String(s.settings.effective(s.root(), types.SettingNameContainerInsights)),
	}}
}

func checkClusterSettings(list []types.ClusterSetting) error {
	for _, v := range list {
		if v.Name != types.ClusterSettingNameContainerInsights {
			return invalidParameter(msgClusterSetting, v.Name)
		}
		if !slices.Contains(insightsValues, aws.ToString(v.Value)) {
			return invalidParameter(msgClusterSettingValue, aws.ToString(v.Value), v.Name, insightsValues)
		}
	}
	return nil
}

// checkClusterConfiguration checks that an overridden exec log names its
// destination.
func checkClusterConfiguration(c *types.ClusterConfiguration) error {
	if c == nil || c.ExecuteCommandConfiguration == nil {
		return nil
	}
	exec := c.ExecuteCommandConfiguration
	if err := checkEnum("logging", exec.Logging); err != nil {
		return err
	}
	if exec.Logging == types.ExecuteCommandLoggingOverride && exec.LogConfiguration == nil {
		return invalidParameter(msgExecLogging)
	}
	return nil
}

// mergeSettings returns the settings old with those of list in their places.
func mergeSettings(old, list []types.ClusterSetting) []types.ClusterSetting {
	for _, v := range list {
		i := slices.IndexFunc(old, func(o types.ClusterSetting) bool { return o.Name == v.Name })
		if i < 0 {
			old = append(old, clone(v))
			continue
		}
		old[i] = clone(v)
	}
	return old
}

// serviceConnectDefaults is what a request makes of the old ones: an empty
// namespace takes them away.
func serviceConnectDefaults(old *types.ClusterServiceConnectDefaults, in *types.ClusterServiceConnectDefaultsRequest) *types.ClusterServiceConnectDefaults {
	switch {
	case in == nil:
		return old
	case aws.ToString(in.Namespace) == "":
		return nil
	}
	return &types.ClusterServiceConnectDefaults{Namespace: aws.String(*in.Namespace)}
}
