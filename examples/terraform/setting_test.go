package terraform

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// setting reads a setting as aws_ecs_account_setting_default does, to which
// the principal is the id.
func (p provider) setting(name types.SettingName) types.Setting {
	p.Helper()
	out, err := p.ListAccountSettings(p.Context(), &ecs.ListAccountSettingsInput{Name: name, EffectiveSettings: true})
	require.NoError(p, err)
	require.Len(p, out.Settings, 1, name)
	require.NotEmpty(p, aws.ToString(out.Settings[0].PrincipalArn), name)
	return out.Settings[0]
}

// TestAccountSettings are set, and put back by a destroy.
func TestAccountSettings(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	for name, values := range map[types.SettingName][2]string{
		types.SettingNameContainerInsights:               {"enabled", "disabled"},
		types.SettingNameAwsvpcTrunking:                  {"enabled", "disabled"},
		types.SettingNameTagResourceAuthorization:        {"on", ""},
		types.SettingNameFargateTaskRetirementWaitPeriod: {"14", "7"},
		types.SettingNameDefaultLogDriverMode:            {"blocking", ""},
	} {
		for _, value := range values {
			if value == "" {
				continue
			}
			out, err := p.PutAccountSettingDefault(t.Context(), &ecs.PutAccountSettingDefaultInput{Name: name, Value: aws.String(value)})
			require.NoError(t, err, name)
			assert.Equal(t, value, *out.Setting.Value)
			got := p.setting(name)
			assert.Equal(t, value, *got.Value, name)
			assert.Equal(t, name, got.Name)
			assert.Equal(t, *out.Setting.PrincipalArn, *got.PrincipalArn)
		}
	}
}

// TestLongNamesStay: the provider takes this sentence for success when it
// destroys the setting.
func TestLongNamesStay(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	_, err := p.PutAccountSettingDefault(t.Context(), &ecs.PutAccountSettingDefaultInput{Name: types.SettingNameServiceLongArnFormat, Value: aws.String("disabled")})
	refused[*types.InvalidParameterException](t, err, "You can no longer disable")
}
