package server

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

const (
	maxTags     = 50 // of a resource, without those of AWS
	maxTagKey   = 128
	maxTagValue = 256
)

// tagPattern is what keys and values consist of.
var tagPattern = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)

// checkTags checks the tags that a request gives to one resource.
func checkTags(tags []types.Tag) error {
	seen := map[string]bool{}
	for _, t := range tags {
		key := aws.ToString(t.Key)
		if err := checkTag(key, aws.ToString(t.Value)); err != nil {
			return err
		}
		if seen[key] {
			return invalidParameter(msgTagDuplicate, key)
		}
		seen[key] = true
	}
	return checkTagCount(tags)
}

func checkTag(key, value string) error {
	switch {
	case key == "":
		return invalidParameter(msgTagKeyEmpty)
	case utf8.RuneCountInString(key) > maxTagKey:
		return invalidParameter(msgTagKeyLong, maxTagKey)
	case utf8.RuneCountInString(value) > maxTagValue:
		return invalidParameter(msgTagValueLong, maxTagValue)
	case !tagPattern.MatchString(key) || !tagPattern.MatchString(value):
		return invalidParameter(msgTagCharacters, key)
	}
	return checkTagKey(key)
}

// checkTagKey refuses a key that only AWS may set or take away.
func checkTagKey(key string) error {
	if ownTag(key) {
		return invalidParameter(msgTagReserved, key)
	}
	return nil
}

// ownTag reports whether AWS keeps keys of that prefix for itself.
func ownTag(key string) bool { return strings.HasPrefix(strings.ToLower(key), "aws:") }

func checkTagCount(tags []types.Tag) error {
	n := 0
	for _, t := range tags {
		if !ownTag(aws.ToString(t.Key)) {
			n++
		}
	}
	if n > maxTags {
		return invalidParameter(msgTagsTooMany, maxTags)
	}
	return nil
}

// setTags returns old with the tags of list in the places of those with the
// same keys, or after them.
func setTags(old, list []types.Tag) []types.Tag {
	out := slices.Clone(old)
	for _, t := range clone(list) {
		i := slices.IndexFunc(out, func(o types.Tag) bool { return *o.Key == *t.Key })
		if i < 0 {
			out = append(out, t)
			continue
		}
		out[i] = t
	}
	return out
}

// unsetTags returns old without the tags of those keys.
func unsetTags(old []types.Tag, keys []string) []types.Tag {
	return slices.DeleteFunc(slices.Clone(old), func(t types.Tag) bool { return slices.Contains(keys, *t.Key) })
}
