package secrets_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/secrets"
)

func parameters() *secrets.Parameters { return secrets.NewParameters(account, region) }

func set(t *testing.T, p *secrets.Parameters, name, value string, kind types.ParameterType) *ssm.PutParameterOutput {
	t.Helper()
	out, err := p.PutParameter(t.Context(), &ssm.PutParameterInput{Name: &name, Value: &value, Type: kind, Overwrite: aws.Bool(true)})
	require.NoError(t, err)
	return out
}

func read(t *testing.T, p *secrets.Parameters, name string) *types.Parameter {
	t.Helper()
	out, err := p.GetParameter(t.Context(), &ssm.GetParameterInput{Name: &name, WithDecryption: aws.Bool(true)})
	require.NoError(t, err)
	return out.Parameter
}

func TestPutParameterRefuses(t *testing.T) {
	p := parameters()
	set(t, p, "there", "1", "String")
	set(t, p, "big", strings.Repeat("x", 10), "String")
	_, err := p.PutParameter(t.Context(), &ssm.PutParameterInput{Name: aws.String("big"), Value: aws.String("x"), Tier: "Advanced", Overwrite: aws.Bool(true)})
	require.NoError(t, err)
	value := aws.String("hunter2")
	for name, c := range map[string]struct {
		in             ssm.PutParameterInput
		code, fragment string
	}{
		"one that is there":     {ssm.PutParameterInput{Name: aws.String("there"), Value: value}, "ParameterAlreadyExists", "To overwrite this value, set the overwrite option"},
		"a new one's no type":   {ssm.PutParameterInput{Name: aws.String("a"), Value: value}, "ValidationException", "type is required"},
		"tags and overwrite":    {ssm.PutParameterInput{Name: aws.String("there"), Value: value, Overwrite: aws.Bool(true), Tags: []types.Tag{{Key: aws.String("k"), Value: value}}}, "ValidationException", "tags and overwrite can't be used together"},
		"a reserved name":       {ssm.PutParameterInput{Name: aws.String("/aws/x"), Value: value, Type: "String"}, "ValidationException", `can't be prefixed with "aws" or "ssm"`},
		"a reserved name, case": {ssm.PutParameterInput{Name: aws.String("SSMx"), Value: value, Type: "String"}, "ValidationException", "Parameter name"},
		"a space":               {ssm.PutParameterInput{Name: aws.String("a b"), Value: value, Type: "String"}, "ValidationException", "Parameter name"},
		"a selector":            {ssm.PutParameterInput{Name: aws.String("a:1"), Value: value, Type: "String"}, "ValidationException", "Parameter name"},
		"a relative path":       {ssm.PutParameterInput{Name: aws.String("a/b"), Value: value, Type: "String"}, "ValidationException", "fully qualified"},
		"a deep path":           {ssm.PutParameterInput{Name: aws.String(strings.Repeat("/a", 16)), Value: value, Type: "String"}, "HierarchyLevelLimitExceededException", "15"},
		"a long value":          {ssm.PutParameterInput{Name: aws.String("a"), Value: aws.String(strings.Repeat("x", 4097)), Type: "String"}, "ValidationException", "4096"},
		"a longer value":        {ssm.PutParameterInput{Name: aws.String("a"), Value: aws.String(strings.Repeat("x", 8193)), Type: "String", Tier: "Advanced"}, "ValidationException", "8192"},
		"a lower tier":          {ssm.PutParameterInput{Name: aws.String("big"), Value: value, Tier: "Standard", Overwrite: aws.Bool(true)}, "ValidationException", "downgrade"},
		"no value":              {ssm.PutParameterInput{Name: aws.String("a"), Value: aws.String(""), Type: "String"}, "ValidationException", "'value'"},
		"a data type":           {ssm.PutParameterInput{Name: aws.String("a"), Value: value, Type: "String", DataType: aws.String("int")}, "ValidationException", "int"},
		"what doesn't match":    {ssm.PutParameterInput{Name: aws.String("a"), Value: value, Type: "String", AllowedPattern: aws.String(`^\d+$`)}, "ParameterPatternMismatchException", `^\d+$`},
		"a bad pattern":         {ssm.PutParameterInput{Name: aws.String("a"), Value: value, Type: "String", AllowedPattern: aws.String(`(`)}, "InvalidAllowedPatternException", "("},
		"policies":              {ssm.PutParameterInput{Name: aws.String("a"), Value: value, Type: "String", Policies: aws.String("[]")}, "ValidationException", "Policies"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := p.PutParameter(t.Context(), &c.in)
			code(t, err, c.code, c.fragment)
			assert.NotContains(t, err.Error(), *value)
		})
	}
}

func TestParameterVersionsAndSelectors(t *testing.T) {
	p := parameters()
	for _, v := range []string{"1", "2", "3"} {
		set(t, p, "/a/b", v, "String")
	}
	label(t, p, "/a/b", 2, "blue")
	arn := *read(t, p, "/a/b").ARN
	for id, want := range map[string]string{"/a/b": "3", "/a/b:1": "1", "/a/b:blue": "2", arn: "3", arn + ":2": "2"} {
		got := read(t, p, id)
		assert.Equal(t, want, *got.Value, id)
		assert.Equal(t, "/a/b", *got.Name)
	}
	assert.Equal(t, ":blue", *read(t, p, "/a/b:blue").Selector)
	assert.Nil(t, read(t, p, "/a/b").Selector)
	for id, want := range map[string]string{
		"/a/b:4": "ParameterVersionNotFound", "/a/b:red": "ParameterVersionNotFound", "/a": "ParameterNotFound",
		"a/b": "ParameterNotFound", "arn:aws:ssm:us-east-1:" + account + ":parameter/a/b": "ParameterNotFound",
	} {
		_, err := p.GetParameter(t.Context(), &ssm.GetParameterInput{Name: &id})
		code(t, err, want, "")
	}
}

func label(t *testing.T, p *secrets.Parameters, name string, number int64, labels ...string) []string {
	t.Helper()
	out, err := p.LabelParameterVersion(t.Context(), &ssm.LabelParameterVersionInput{Name: &name, ParameterVersion: &number, Labels: labels})
	require.NoError(t, err)
	return out.InvalidLabels
}

func TestParameterLabels(t *testing.T) {
	p := parameters()
	set(t, p, "a", "1", "String")
	set(t, p, "a", "2", "String")
	assert.Equal(t, []string{"1x", "awsx", "a b"}, label(t, p, "a", 1, "x", "1x", "awsx", "a b"))
	label(t, p, "a", 2, "x", "y")
	h := history(t, p, "a")
	assert.Equal(t, [][]string{{}, {"x", "y"}}, [][]string{h[0].Labels, h[1].Labels}, "a label moves")
	out, err := p.UnlabelParameterVersion(t.Context(), &ssm.UnlabelParameterVersionInput{
		Name: aws.String("a"), ParameterVersion: aws.Int64(2), Labels: []string{"x", "z"},
	})
	require.NoError(t, err)
	assert.Equal(t, []string{"x", "z"}, []string{out.RemovedLabels[0], out.InvalidLabels[0]})

	_, err = p.LabelParameterVersion(t.Context(), &ssm.LabelParameterVersionInput{
		Name: aws.String("a"), Labels: strings.Split("a b c d e f g h i j", " "),
	})
	code(t, err, "ParameterVersionLabelLimitExceeded", "10")
	_, err = p.LabelParameterVersion(t.Context(), &ssm.LabelParameterVersionInput{Name: aws.String("a"), ParameterVersion: aws.Int64(9), Labels: []string{"x"}})
	code(t, err, "ParameterVersionNotFound", "")
}

func history(t *testing.T, p *secrets.Parameters, name string) []types.ParameterHistory {
	t.Helper()
	var list []types.ParameterHistory
	in := &ssm.GetParameterHistoryInput{Name: &name}
	for {
		out, err := p.GetParameterHistory(t.Context(), in)
		require.NoError(t, err)
		list = append(list, out.Parameters...)
		if in.NextToken = out.NextToken; in.NextToken == nil {
			return list
		}
	}
}

func TestParametersKeepAHundredVersions(t *testing.T) {
	p := parameters()
	for i := range 105 {
		set(t, p, "a", fmt.Sprint(i+1), "String")
	}
	h := history(t, p, "a")
	require.Len(t, h, 100)
	assert.Equal(t, []int64{6, 105}, []int64{h[0].Version, h[99].Version})
	label(t, p, "a", 6, "keep")
	_, err := p.PutParameter(t.Context(), &ssm.PutParameterInput{Name: aws.String("a"), Value: aws.String("x"), Overwrite: aws.Bool(true)})
	code(t, err, "ParameterMaxVersionLimitExceeded", "Version 6")
}

func TestSecureStringIsOpaque(t *testing.T) {
	p := parameters()
	set(t, p, "a", "hunter2", "SecureString")
	var shown []string
	one, err := p.GetParameter(t.Context(), &ssm.GetParameterInput{Name: aws.String("a")})
	require.NoError(t, err)
	many, err := p.GetParameters(t.Context(), &ssm.GetParametersInput{Names: []string{"a"}})
	require.NoError(t, err)
	below, err := p.GetParametersByPath(t.Context(), &ssm.GetParametersByPathInput{Path: aws.String("/")})
	require.NoError(t, err)
	shown = append(shown, *one.Parameter.Value, *many.Parameters[0].Value, *below.Parameters[0].Value, *history(t, p, "a")[0].Value)
	for _, s := range shown {
		assert.Equal(t, shown[0], s)
		raw, err := base64.StdEncoding.DecodeString(s)
		require.NoError(t, err)
		assert.NotContains(t, string(raw), "hunter2")
	}
	set(t, p, "a", "hunter2", "SecureString")
	assert.NotEqual(t, shown[0], *history(t, p, "a")[1].Value)
}

func TestOverwriteKeepsWhatIsNotGiven(t *testing.T) {
	p := parameters()
	_, err := p.PutParameter(t.Context(), &ssm.PutParameterInput{
		Name: aws.String("a"), Value: aws.String("1"), Type: "SecureString", KeyId: aws.String("k"), Description: aws.String("d"),
		Tags: []types.Tag{{Key: aws.String("t"), Value: aws.String("v")}},
	})
	require.NoError(t, err)
	out := set(t, p, "a", strings.Repeat("x", 4000), "")
	assert.Equal(t, int64(2), out.Version)
	h := history(t, p, "a")[1]
	assert.Equal(t, []string{"k", "d", "SecureString", "Standard"}, []string{*h.KeyId, *h.Description, string(h.Type), string(h.Tier)})
	tags, err := p.ListTagsForResource(t.Context(), &ssm.ListTagsForResourceInput{ResourceType: "Parameter", ResourceId: aws.String("a")})
	require.NoError(t, err)
	assert.Len(t, tags.TagList, 1)
}

func TestGetParametersNamesTheInvalid(t *testing.T) {
	p := parameters()
	set(t, p, "a", "1", "String")
	set(t, p, "b", "x,y", "StringList")
	out, err := p.GetParameters(t.Context(), &ssm.GetParametersInput{Names: []string{"b", "no", "a", "a:7", "a:1"}})
	require.NoError(t, err)
	assert.Equal(t, []string{"no", "a:7"}, out.InvalidParameters)
	require.Len(t, out.Parameters, 3)
	assert.Equal(t, "x,y", *out.Parameters[0].Value)
	_, err = p.GetParameters(t.Context(), &ssm.GetParametersInput{Names: strings.Split("abcdefghijk", "")})
	code(t, err, "ValidationException", "'names'")
	_, err = p.GetParameters(t.Context(), &ssm.GetParametersInput{Names: []string{"a", "a"}})
	code(t, err, "ValidationException", "a")
}

func TestGetParametersByPath(t *testing.T) {
	p := parameters()
	for _, name := range []string{"/app/a", "/app/b", "/app/sub/c", "/apple", "top"} {
		set(t, p, name, "v", "String")
	}
	set(t, p, "/app/b", "w", "SecureString")
	label(t, p, "/app/b", 1, "old")
	for _, c := range []struct {
		path      string
		recursive bool
		filters   []types.ParameterStringFilter
		want      string
	}{
		{"/app", false, nil, "/app/a=v /app/b=w"},
		{"/app/", true, nil, "/app/a=v /app/b=w /app/sub/c=v"},
		{"/", false, nil, "/apple=v top=v"},
		{"/none", true, nil, ""},
		{"/app", false, []types.ParameterStringFilter{{Key: aws.String("Type"), Values: []string{"SecureString"}}}, "/app/b=w"},
		{"/app", false, []types.ParameterStringFilter{{Key: aws.String("Label"), Values: []string{"old"}}}, "/app/b=v"},
		{"/app", false, []types.ParameterStringFilter{{Key: aws.String("Label"), Values: []string{"none", "old"}}}, "/app/b=v"},
	} {
		var got []string
		in := &ssm.GetParametersByPathInput{
			Path: &c.path, Recursive: &c.recursive, ParameterFilters: c.filters, MaxResults: aws.Int32(1), WithDecryption: aws.Bool(true),
		}
		for more := true; more; more = in.NextToken != nil {
			out, err := p.GetParametersByPath(t.Context(), in)
			require.NoError(t, err)
			for _, x := range out.Parameters {
				got = append(got, *x.Name+"="+*x.Value)
			}
			in.NextToken = out.NextToken
		}
		assert.Equal(t, c.want, strings.Join(got, " "), c.path)
	}
}

func TestDescribeParametersFilters(t *testing.T) {
	p := parameters()
	set(t, p, "/app/a", "v", "String")
	set(t, p, "/app/sub/b", "v", "SecureString")
	set(t, p, "c", "v", "StringList")
	_, err := p.AddTagsToResource(t.Context(), &ssm.AddTagsToResourceInput{
		ResourceType: "Parameter", ResourceId: aws.String("c"), Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("blue")}},
	})
	require.NoError(t, err)
	for _, c := range []struct{ key, option, values, want string }{
		{"Name", "", "c", "c"},
		{"Name", "BeginsWith", "/app", "/app/a /app/sub/b"},
		{"Name", "Contains", "b", "/app/sub/b"},
		{"Type", "Equals", "String,StringList", "/app/a c"},
		{"Path", "", "/app", "/app/a"},
		{"Path", "Recursive", "/app", "/app/a /app/sub/b"},
		{"KeyId", "BeginsWith", "alias/", "/app/sub/b"},
		{"Tier", "", "Standard", "/app/a /app/sub/b c"},
		{"DataType", "", "text", "/app/a /app/sub/b c"},
		{"tag:team", "", "blue", "c"},
		{"tag:team", "", "", "c"},
		{"tag:team", "", "red", ""},
	} {
		f := types.ParameterStringFilter{Key: &c.key}
		if c.option != "" {
			f.Option = &c.option
		}
		if c.values != "" {
			f.Values = strings.Split(c.values, ",")
		}
		out, err := p.DescribeParameters(t.Context(), &ssm.DescribeParametersInput{ParameterFilters: []types.ParameterStringFilter{f}})
		require.NoError(t, err)
		var names []string
		for _, m := range out.Parameters {
			names = append(names, *m.Name)
		}
		assert.Equal(t, c.want, strings.Join(names, " "), c)
	}
	out, err := p.DescribeParameters(t.Context(), &ssm.DescribeParametersInput{Filters: []types.ParametersFilter{{Key: "Name", Values: []string{"/app/s"}}}})
	require.NoError(t, err)
	assert.Len(t, out.Parameters, 1)
	out, err = p.DescribeParameters(t.Context(), &ssm.DescribeParametersInput{Shared: aws.Bool(true)})
	require.NoError(t, err)
	assert.Empty(t, out.Parameters)
}

func TestDeleteParameters(t *testing.T) {
	p := parameters()
	set(t, p, "a", "v", "String")
	set(t, p, "b", "v", "String")
	out, err := p.DeleteParameters(t.Context(), &ssm.DeleteParametersInput{Names: []string{"a", "none"}})
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "none"}, []string{out.DeletedParameters[0], out.InvalidParameters[0]})
	_, err = p.DeleteParameter(t.Context(), &ssm.DeleteParameterInput{Name: aws.String("b")})
	require.NoError(t, err)
	_, err = p.DeleteParameter(t.Context(), &ssm.DeleteParameterInput{Name: aws.String("b")})
	code(t, err, "ParameterNotFound", "")
	assert.Equal(t, int64(1), set(t, p, "a", "v", "String").Version, "a new parameter starts over")
}

func TestParameterTags(t *testing.T) {
	p := parameters()
	set(t, p, "a", "v", "String")
	id := aws.String("a")
	_, err := p.AddTagsToResource(t.Context(), &ssm.AddTagsToResourceInput{ResourceType: "Parameter", ResourceId: id, Tags: []types.Tag{
		{Key: aws.String("y"), Value: aws.String("2")}, {Key: aws.String("x"), Value: aws.String("1")},
	}})
	require.NoError(t, err)
	_, err = p.RemoveTagsFromResource(t.Context(), &ssm.RemoveTagsFromResourceInput{ResourceType: "Parameter", ResourceId: id, TagKeys: []string{"y"}})
	require.NoError(t, err)
	out, err := p.ListTagsForResource(t.Context(), &ssm.ListTagsForResourceInput{ResourceType: "Parameter", ResourceId: id})
	require.NoError(t, err)
	assert.Equal(t, []types.Tag{{Key: aws.String("x"), Value: aws.String("1")}}, out.TagList)

	many := &ssm.PutParameterInput{Name: aws.String("b"), Value: aws.String("v"), Type: "String"}
	for i := range 51 {
		many.Tags = append(many.Tags, types.Tag{Key: aws.String(fmt.Sprint(i)), Value: aws.String("")})
	}
	_, err = p.PutParameter(t.Context(), many)
	code(t, err, "TooManyTagsError", "")
}
