package sts

import (
	"net/url"
	"regexp"
	"strconv"
	"time"
)

// The bounds of a session's life in seconds.
const (
	minDuration     = 900
	maxDuration     = 43200
	defaultDuration = 3600
)

var (
	rolePattern = regexp.MustCompile(`^arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+$`)
	namePattern = regexp.MustCompile(`^[\w+=,.@-]{2,64}$`)
)

type assumed struct {
	AssumedRoleUser struct{ Arn, AssumedRoleId string }
	Credentials     struct{ AccessKeyId, SecretAccessKey, SessionToken, Expiration string }
	SourceIdentity  string `xml:",omitempty"`
}

// assumeRole assumes any role: there are no policies here that could forbid
// it. Calls with the credentials go to the role's account.
//
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
func (h *Handler) assumeRole(form url.Values) (any, error) {
	role, name := form.Get("RoleArn"), form.Get("RoleSessionName")
	d, err := checkAssume(form)
	if err != nil {
		return nil, err
	}
	s := h.Sessions.Issue(role, name, accountOf(role), d)
	out := assumed{SourceIdentity: form.Get("SourceIdentity")}
	out.AssumedRoleUser.Arn, out.AssumedRoleUser.AssumedRoleId = s.ARN(), s.UserID()
	out.Credentials.AccessKeyId, out.Credentials.SecretAccessKey = s.AccessKeyID, s.SecretAccessKey
	out.Credentials.SessionToken, out.Credentials.Expiration = s.Token, s.Expiration.Format(time.RFC3339)
	return out, nil
}

func checkAssume(form url.Values) (time.Duration, error) {
	for member, key := range map[string]string{"roleArn": "RoleArn", "roleSessionName": "RoleSessionName"} {
		if form.Get(key) == "" {
			return 0, faultf("ValidationError", msgRequired, member)
		}
	}
	if role := form.Get("RoleArn"); !rolePattern.MatchString(role) {
		return 0, faultf("ValidationError", msgARN, role)
	}
	if name := form.Get("RoleSessionName"); !namePattern.MatchString(name) {
		return 0, faultf("ValidationError", msgSessionName, name)
	}
	return duration(form.Get("DurationSeconds"))
}

func duration(text string) (time.Duration, error) {
	if text == "" {
		return defaultDuration * time.Second, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < minDuration || n > maxDuration {
		return 0, faultf("ValidationError", msgDuration, text, minDuration, maxDuration)
	}
	return time.Duration(n) * time.Second, nil
}
