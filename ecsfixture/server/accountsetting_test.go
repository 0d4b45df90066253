package server

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAccountSettings(t *testing.T) {
	s := newTestService()
	list := func(in *ecs.ListAccountSettingsInput) []types.Setting {
		t.Helper()
		out, err := s.ListAccountSettings(t.Context(), in)
		require.NoError(t, err)
		return out.Settings
	}
	insights := func(effective bool, principal *string) []types.Setting {
		return list(&ecs.ListAccountSettingsInput{Name: "containerInsights", EffectiveSettings: effective, PrincipalArn: principal})
	}
	root, user := aws.String(s.root()), aws.String("arn:aws:iam::000000000000:user/me")
	assert.Empty(t, list(&ecs.ListAccountSettingsInput{}))
	all := list(&ecs.ListAccountSettingsInput{EffectiveSettings: true})
	assert.Len(t, all, len(types.SettingName("").Values()))
	for _, v := range all {
		assert.Equal(t, v.Name == types.SettingNameGuardDutyActivate, v.Type == types.SettingTypeAwsManaged, v.Name)
	}
	assert.Equal(t, []types.Setting{{Name: "containerInsights", Value: aws.String("disabled"), PrincipalArn: root, Type: "user"}}, insights(true, nil))

	def, err := s.PutAccountSettingDefault(t.Context(), &ecs.PutAccountSettingDefaultInput{Name: "containerInsights", Value: aws.String("enabled")})
	require.NoError(t, err)
	assert.Equal(t, *root, *def.Setting.PrincipalArn)
	assert.Equal(t, "enabled", *insights(true, user)[0].Value)
	_, err = s.PutAccountSetting(t.Context(), &ecs.PutAccountSettingInput{Name: "containerInsights", Value: aws.String("enhanced"), PrincipalArn: user})
	require.NoError(t, err)
	assert.Equal(t, "enhanced", *insights(false, user)[0].Value)
	assert.Equal(t, "enabled", *insights(true, nil)[0].Value)
	assert.Empty(t, list(&ecs.ListAccountSettingsInput{Name: "containerInsights", Value: aws.String("disabled"), EffectiveSettings: true}))
	made, err := s.CreateCluster(t.Context(), &ecs.CreateClusterInput{ClusterName: aws.String("new")})
	require.NoError(t, err)
	assert.Equal(t, "enabled", *made.Cluster.Settings[0].Value, "a new cluster is as the account has it")
	gone, err := s.DeleteAccountSetting(t.Context(), &ecs.DeleteAccountSettingInput{Name: "containerInsights", PrincipalArn: user})
	require.NoError(t, err)
	assert.Equal(t, "enabled", *gone.Setting.Value)
	assert.Empty(t, insights(false, user))

	page, err := s.ListAccountSettings(t.Context(), &ecs.ListAccountSettingsInput{EffectiveSettings: true, MaxResults: 7})
	require.NoError(t, err)
	assert.Len(t, page.Settings, 7)
	assert.NotNil(t, page.NextToken)
}

func TestAccountSettingsAreChecked(t *testing.T) {
	s := newTestService()
	for text, in := range map[string]*ecs.PutAccountSettingDefaultInput{
		"unknown should be one of [serviceLongArnFormat, ":                     {Name: "x", Value: aws.String("enabled")},
		"The value on of containerInsights is invalid":                         {Name: "containerInsights", Value: aws.String("on")},
		"You can no longer disable serviceLongArnFormat":                       {Name: "serviceLongArnFormat", Value: aws.String("disabled")},
		"guardDutyActivate is managed by AWS":                                  {Name: "guardDutyActivate", Value: aws.String("on")},
		"The value  of fargateTaskRetirementWaitPeriod is invalid. It must be": {Name: "fargateTaskRetirementWaitPeriod"},
	} {
		_, err := s.PutAccountSettingDefault(t.Context(), in)
		assert.ErrorContains(t, err, "InvalidParameterException")
		assert.ErrorContains(t, err, text)
	}
	_, err := s.ListAccountSettings(t.Context(), &ecs.ListAccountSettingsInput{Name: "x"})
	assert.ErrorContains(t, err, "unknown should be one of")
	_, err = s.ListAccountSettings(t.Context(), &ecs.ListAccountSettingsInput{Value: aws.String("x")})
	assert.ErrorContains(t, err, "name cannot be empty")
	_, err = s.DeleteAccountSetting(t.Context(), &ecs.DeleteAccountSettingInput{Name: "x"})
	assert.ErrorContains(t, err, "unknown should be one of")
}
