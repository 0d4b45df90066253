package secrets

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

// parameterOptions are the options of each filter key, the default first.
var parameterOptions = map[string][]string{
	"DataType": {"Equals", "BeginsWith"},
	"KeyId":    {"Equals", "BeginsWith"},
	"Label":    {"Equals"},
	"Name":     {"Equals", "BeginsWith", "Contains"},
	"Path":     {"OneLevel", "Recursive"},
	"Tier":     {"Equals"},
	"Type":     {"Equals", "BeginsWith"},
	"tag":      {"Equals", "BeginsWith"},
}

// describeFilters returns the request's filters, the old form as the new.
func describeFilters(in *ssm.DescribeParametersInput) ([]types.ParameterStringFilter, error) {
	if len(in.Filters) > 0 && len(in.ParameterFilters) > 0 {
		return nil, validation(msgBothFilters)
	}
	filters := in.ParameterFilters
	for _, f := range in.Filters {
		filters = append(filters, types.ParameterStringFilter{
			Key: aws.String(string(f.Key)), Option: aws.String("BeginsWith"), Values: f.Values,
		})
	}
	return filters, first(
		between("maxResults", in.MaxResults, 1, 50),
		checkParameterFilters(filters, "DataType", "KeyId", "Name", "Path", "Tier", "Type", "tag"),
	)
}

func checkParameterFilters(filters []types.ParameterStringFilter, keys ...string) error {
	for _, f := range filters {
		if err := checkParameterFilter(f, keys); err != nil {
			return err
		}
	}
	return nil
}

func checkParameterFilter(f types.ParameterStringFilter, keys []string) error {
	key, tag, _ := strings.Cut(aws.ToString(f.Key), ":")
	options := parameterOptions[key]
	switch {
	case !slices.Contains(keys, key), (key == "tag") != (tag != ""):
		return &types.InvalidFilterKey{Message: formatted(msgFilterKey, []any{aws.ToString(f.Key), strings.Join(keys, ", ")})}
	case f.Option != nil && !slices.Contains(options, *f.Option):
		return &types.InvalidFilterOption{Message: formatted(msgFilterOption, []any{*f.Option, key, strings.Join(options, ", ")})}
	case len(f.Values) == 0 && key != "tag":
		return &types.InvalidFilterValue{Message: formatted(msgFilterValues, []any{key})}
	}
	return nil
}

// passes reports whether all filters let the parameter through.
func (p *parameter) passes(filters []types.ParameterStringFilter) bool {
	return !slices.ContainsFunc(filters, func(f types.ParameterStringFilter) bool { return !p.passesOne(f) })
}

func (p *parameter) passesOne(f types.ParameterStringFilter) bool {
	key, tag, _ := strings.Cut(*f.Key, ":")
	option := aws.ToString(f.Option)
	if option == "" {
		option = parameterOptions[key][0]
	}
	have, ok := p.attribute(key, tag)
	if !ok || len(f.Values) == 0 {
		return ok
	}
	return slices.ContainsFunc(have, func(h string) bool {
		return slices.ContainsFunc(f.Values, func(v string) bool { return fits(option, h, v) })
	})
}

// attribute returns what the parameter has for a filter's key; false if it
// lacks the tag.
func (p *parameter) attribute(key, tag string) ([]string, bool) {
	r := p.latest()
	switch key {
	case "DataType":
		return []string{r.dataType}, true
	case "KeyId":
		return []string{aws.ToString(r.keyID)}, true
	case "Label":
		return p.labels(), true
	case "Tier":
		return []string{string(r.tier)}, true
	case "Type":
		return []string{string(r.kind)}, true
	case "tag":
		value, ok := p.tags[tag]
		return []string{value}, ok
	}
	return []string{p.name}, true // Name, Path
}

func (p *parameter) labels() []string {
	var list []string
	for _, r := range p.revisions {
		list = append(list, r.labels...)
	}
	return list
}

func fits(option, have, want string) bool {
	switch option {
	case "BeginsWith":
		return strings.HasPrefix(have, want)
	case "Contains":
		return strings.Contains(have, want)
	case "OneLevel", "Recursive":
		return under(want, have, option == "Recursive")
	}
	return have == want
}

// labelIn returns the first label of the parameter's that the filters ask
// for, if they do.
func (p *parameter) labelIn(filters []types.ParameterStringFilter) string {
	for _, f := range filters {
		if aws.ToString(f.Key) != "Label" {
			continue
		}
		for _, label := range f.Values {
			if slices.Contains(p.labels(), label) {
				return label
			}
		}
	}
	return ""
}
