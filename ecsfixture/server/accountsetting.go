package server

import (
	"context"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const maxSettingsPage = 100

// settingRule is what an account setting can be; the first is the default.
type settingRule struct {
	values  []string
	managed bool // by AWS alone
	fixed   bool // it can't be turned off any more
}

var (
	onOff = []string{"disabled", "enabled"}
	long  = settingRule{values: []string{"enabled", "disabled"}, fixed: true}
)

// settingRules are the account settings that there are.
//
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html
var settingRules = map[types.SettingName]settingRule{
	types.SettingNameServiceLongArnFormat:            long,
	types.SettingNameTaskLongArnFormat:               long,
	types.SettingNameContainerInstanceLongArnFormat:  long,
	types.SettingNameAwsvpcTrunking:                  {values: onOff},
	types.SettingNameContainerInsights:               {values: insightsValues},
	types.SettingNameFargateFipsMode:                 {values: onOff},
	types.SettingNameTagResourceAuthorization:        {values: []string{"on", "off"}},
	types.SettingNameFargateTaskRetirementWaitPeriod: {values: []string{"7", "0", "14"}},
	types.SettingNameGuardDutyActivate:               {values: []string{"off", "on"}, managed: true},
	types.SettingNameDefaultLogDriverMode:            {values: []string{"non-blocking", "blocking"}},
	types.SettingNameFargateEventWindows:             {values: onOff},
}

// settings are the account settings that were made.
type settings struct {
	defaults map[types.SettingName]string
	own      map[string]map[types.SettingName]string // by the ARN of a principal
}

func newSettings() settings {
	return settings{map[types.SettingName]string{}, map[string]map[types.SettingName]string{}}
}

// effective is what a setting is for a principal.
func (s settings) effective(principal string, name types.SettingName) string {
	if v, ok := s.own[principal][name]; ok {
		return v
	}
	if v, ok := s.defaults[name]; ok {
		return v
	}
	return settingRules[name].values[0]
}

func setting(principal string, name types.SettingName, value string) types.Setting {
	kind := types.SettingTypeUser
	if settingRules[name].managed {
		kind = types.SettingTypeAwsManaged
	}
	return types.Setting{Name: name, Value: aws.String(value), PrincipalArn: aws.String(principal), Type: kind}
}

func checkSettingName(name types.SettingName) error {
	if _, ok := settingRules[name]; !ok {
		return invalidParameter(msgSettingName, enumList(name.Values()))
	}
	return nil
}

// checkSetting checks a value that is to be set.
func checkSetting(name types.SettingName, value string) error {
	if err := checkSettingName(name); err != nil {
		return err
	}
	switch rule := settingRules[name]; {
	case rule.managed:
		return invalidParameter(msgSettingManaged, name)
	case !slices.Contains(rule.values, value):
		return invalidParameter(msgSettingValue, value, name, rule.values)
	case rule.fixed && value != rule.values[0]:
		return invalidParameter(msgSettingFixed, name)
	}
	return nil
}

// PutAccountSetting changes a setting for a principal: for the account itself,
// if the request names none.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutAccountSetting.html
func (s *Service) PutAccountSetting(_ context.Context, in *ecs.PutAccountSettingInput) (*ecs.PutAccountSettingOutput, error) {
	if err := checkSetting(in.Name, deref(in.Value)); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	principal := orElse(in.PrincipalArn, s.root())
	if s.settings.own[principal] == nil {
		s.settings.own[principal] = map[types.SettingName]string{}
	}
	s.settings.own[principal][in.Name] = *in.Value
	out := setting(principal, in.Name, *in.Value)
	return &ecs.PutAccountSettingOutput{Setting: &out}, nil
}

// PutAccountSettingDefault changes a setting for all that have none of their
// own.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutAccountSettingDefault.html
func (s *Service) PutAccountSettingDefault(_ context.Context, in *ecs.PutAccountSettingDefaultInput) (*ecs.PutAccountSettingDefaultOutput, error) {
	if err := checkSetting(in.Name, deref(in.Value)); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settings.defaults[in.Name] = *in.Value
	out := setting(s.root(), in.Name, *in.Value)
	return &ecs.PutAccountSettingDefaultOutput{Setting: &out}, nil
}

// DeleteAccountSetting takes a principal's own setting away: the default holds
// for it again.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteAccountSetting.html
func (s *Service) DeleteAccountSetting(_ context.Context, in *ecs.DeleteAccountSettingInput) (*ecs.DeleteAccountSettingOutput, error) {
	if err := checkSettingName(in.Name); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	principal := orElse(in.PrincipalArn, s.root())
	delete(s.settings.own[principal], in.Name)
	out := setting(principal, in.Name, s.settings.effective(principal, in.Name))
	return &ecs.DeleteAccountSettingOutput{Setting: &out}, nil
}

// ListAccountSettings lists the settings that were made for a principal, or
// with effectiveSettings what holds for it.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListAccountSettings.html
func (s *Service) ListAccountSettings(_ context.Context, in *ecs.ListAccountSettingsInput) (*ecs.ListAccountSettingsOutput, error) {
	if in.Name != "" {
		if err := checkSettingName(in.Name); err != nil {
			return nil, err
		}
	}
	if in.Value != nil && in.Name == "" {
		return nil, invalidParameter(msgEmpty, "name")
	}
	size, err := settingsPage(in.MaxResults)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.listSettings(in)
	var names []string
	for _, v := range list {
		names = append(names, string(v.Name))
	}
	rows, next, err := page(names, byText, in.NextToken, size)
	if err != nil {
		return nil, err
	}
	out := &ecs.ListAccountSettingsOutput{Settings: []types.Setting{}, NextToken: next}
	for _, v := range list {
		if slices.Contains(rows, string(v.Name)) {
			out.Settings = append(out.Settings, v)
		}
	}
	return out, nil
}

// settingsPage is pageSize for a size that is 0 where it is not set.
func settingsPage(size int32) (int, error) {
	if size == 0 {
		return maxSettingsPage, nil
	}
	return pageSize(&size, maxSettingsPage, maxSettingsPage)
}

// listSettings are the settings that a request asks for, by name.
func (s *Service) listSettings(in *ecs.ListAccountSettingsInput) (list []types.Setting) {
	principal := orElse(in.PrincipalArn, s.root())
	for _, name := range slices.Sorted(maps.Keys(settingRules)) {
		_, own := s.settings.own[principal][name]
		value := s.settings.effective(principal, name)
		if (own || in.EffectiveSettings) && (in.Name == "" || in.Name == name) && (in.Value == nil || *in.Value == value) {
			list = append(list, setting(principal, name, value))
		}
	}
	return list
}
