package logs_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLogGroupIsDescribed(t *testing.T) {
	_, client := serve(t)
	before := time.Now().UnixMilli()
	_, err := client.CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{
		LogGroupName: aws.String("/ecs/web"), KmsKeyId: aws.String("key"), LogGroupClass: types.LogGroupClassInfrequentAccess,
	})
	require.NoError(t, err)
	_, err = client.PutRetentionPolicy(t.Context(), &cloudwatchlogs.PutRetentionPolicyInput{
		LogGroupName: aws.String("/ecs/web"), RetentionInDays: aws.Int32(7),
	})
	require.NoError(t, err)
	out, err := client.DescribeLogGroups(t.Context(), &cloudwatchlogs.DescribeLogGroupsInput{})
	require.NoError(t, err)
	require.Len(t, out.LogGroups, 1)
	got := out.LogGroups[0]
	assert.GreaterOrEqual(t, *got.CreationTime, before)
	got.CreationTime = nil
	assert.Equal(t, types.LogGroup{
		Arn:               aws.String("arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/web:*"),
		LogGroupArn:       aws.String("arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/web"),
		LogGroupName:      aws.String("/ecs/web"),
		LogGroupClass:     types.LogGroupClassInfrequentAccess,
		KmsKeyId:          aws.String("key"),
		RetentionInDays:   aws.Int32(7),
		MetricFilterCount: aws.Int32(0),
		StoredBytes:       aws.Int64(0),
	}, got)
	_, err = client.DeleteRetentionPolicy(t.Context(), &cloudwatchlogs.DeleteRetentionPolicyInput{LogGroupName: aws.String("/ecs/web")})
	require.NoError(t, err)
	out, err = client.DescribeLogGroups(t.Context(), &cloudwatchlogs.DescribeLogGroupsInput{})
	require.NoError(t, err)
	assert.Nil(t, out.LogGroups[0].RetentionInDays)
}

func TestLogGroupsAreChosen(t *testing.T) {
	_, client := serve(t)
	for _, name := range []string{"b/web", "a/web", "b/DB"} {
		createGroup(t, client, name)
	}
	for name, c := range map[string]struct {
		in   cloudwatchlogs.DescribeLogGroupsInput
		want []string
	}{
		"all":        {cloudwatchlogs.DescribeLogGroupsInput{}, []string{"a/web", "b/DB", "b/web"}},
		"prefix":     {cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: aws.String("b/")}, []string{"b/DB", "b/web"}},
		"pattern":    {cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePattern: aws.String("web")}, []string{"a/web", "b/web"}},
		"class":      {cloudwatchlogs.DescribeLogGroupsInput{LogGroupClass: types.LogGroupClassDelivery}, nil},
		"identifier": {cloudwatchlogs.DescribeLogGroupsInput{LogGroupIdentifiers: []string{"arn:aws:logs:eu-west-1:123456789012:log-group:b/DB:*", "a/web"}}, []string{"a/web", "b/DB"}},
	} {
		out, err := client.DescribeLogGroups(t.Context(), &c.in)
		require.NoError(t, err, name)
		assert.Equal(t, c.want, groupNames(out.LogGroups), name)
	}
}

func groupNames(groups []types.LogGroup) (names []string) {
	for _, g := range groups {
		names = append(names, *g.LogGroupName)
	}
	return names
}

func TestLogGroupsComeInPages(t *testing.T) {
	_, client := serve(t)
	var want, got []string
	for i := range 7 {
		want = append(want, fmt.Sprint("group-", i))
		createGroup(t, client, want[i])
	}
	pages := cloudwatchlogs.NewDescribeLogGroupsPaginator(client, &cloudwatchlogs.DescribeLogGroupsInput{Limit: aws.Int32(3)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		require.NoError(t, err)
		for _, name := range groupNames(page.LogGroups) { // deleted as it goes
			got = append(got, name)
			_, err := client.DeleteLogGroup(t.Context(), &cloudwatchlogs.DeleteLogGroupInput{LogGroupName: &name})
			require.NoError(t, err)
		}
	}
	assert.Equal(t, want, got)
}

func TestLogGroupFaults(t *testing.T) {
	client := withGroup(t)
	ctx := t.Context()
	create := func(in cloudwatchlogs.CreateLogGroupInput) error {
		_, err := client.CreateLogGroup(ctx, &in)
		return err
	}
	describe := func(in cloudwatchlogs.DescribeLogGroupsInput) error {
		_, err := client.DescribeLogGroups(ctx, &in)
		return err
	}
	tooMany := map[string]string{}
	for i := range 51 {
		tooMany[fmt.Sprint(i)] = ""
	}
	_, noGroup := client.DeleteLogGroup(ctx, &cloudwatchlogs.DeleteLogGroupInput{LogGroupName: aws.String("x")})
	_, days := client.PutRetentionPolicy(ctx, &cloudwatchlogs.PutRetentionPolicyInput{LogGroupName: aws.String("g"), RetentionInDays: aws.Int32(2)})
	_, noRetention := client.DeleteRetentionPolicy(ctx, &cloudwatchlogs.DeleteRetentionPolicyInput{LogGroupName: aws.String("x")})
	for name, c := range map[string]struct {
		err           error
		code, message string
	}{
		"exists":       {create(cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("g")}), alreadyExists, "The specified log group already exists"},
		"empty name":   {create(cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("")}), invalidParameter, "length greater than or equal to 1"},
		"bad name":     {create(cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("a b")}), invalidParameter, "'a b' at 'logGroupName'"},
		"long name":    {create(cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String(strings.Repeat("a", 513))}), invalidParameter, "less than or equal to 512"},
		"class":        {create(cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("x"), LogGroupClass: "X"}), invalidParameter, "enum value set: [STANDARD, INFREQUENT_ACCESS, DELIVERY, ESSENTIALS]"},
		"tags":         {create(cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("x"), Tags: tooMany}), "TooManyTagsException", "more than 50"},
		"tag key":      {create(cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("x"), Tags: map[string]string{"?": ""}}), invalidParameter, "'?' at 'tags'"},
		"member":       {create(cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("x"), DeletionProtectionEnabled: aws.Bool(true)}), unsupported, "CreateLogGroup: the member deletionProtectionEnabled"},
		"no group":     {noGroup, resourceNotFound, "The specified log group does not exist."},
		"days":         {days, invalidParameter, "Value '2' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [1, 3, 5,"},
		"no retention": {noRetention, resourceNotFound, "The specified log group does not exist."},
		"limit 0":      {describe(cloudwatchlogs.DescribeLogGroupsInput{Limit: aws.Int32(0)}), invalidParameter, "'0' at 'limit'"},
		"limit 51":     {describe(cloudwatchlogs.DescribeLogGroupsInput{Limit: aws.Int32(51)}), invalidParameter, "less than or equal to 50"},
		"token":        {describe(cloudwatchlogs.DescribeLogGroupsInput{NextToken: aws.String("?")}), invalidParameter, "nextToken is invalid"},
		"both":         {describe(cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: aws.String("a"), LogGroupNamePattern: aws.String("a")}), invalidParameter, "can't be used together"},
		"linked":       {describe(cloudwatchlogs.DescribeLogGroupsInput{IncludeLinkedAccounts: aws.Bool(true)}), unsupported, "includeLinkedAccounts"},
		"accounts":     {describe(cloudwatchlogs.DescribeLogGroupsInput{AccountIdentifiers: []string{account}}), unsupported, "accountIdentifiers"},
	} {
		t.Run(name, func(t *testing.T) { fails(t, c.err, c.code, c.message) })
	}
}

func TestRegionsAreApart(t *testing.T) {
	fake, client := serve(t)
	createGroup(t, client, "g")
	out, err := fake.In("us-east-1").DescribeLogGroups(t.Context(), &cloudwatchlogs.DescribeLogGroupsInput{})
	require.NoError(t, err)
	assert.Empty(t, out.LogGroups)
	assert.Same(t, fake, fake.In("us-east-1").In(region))

	china := fake.In("cn-north-1")
	_, err = china.CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("g")})
	require.NoError(t, err)
	out, err = china.DescribeLogGroups(t.Context(), &cloudwatchlogs.DescribeLogGroupsInput{})
	require.NoError(t, err)
	assert.Equal(t, "arn:aws-cn:logs:cn-north-1:123456789012:log-group:g", *out.LogGroups[0].LogGroupArn)
}
