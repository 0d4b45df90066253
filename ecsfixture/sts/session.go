package sts

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"hash/fnv"
	"strings"
	"sync"
	"time"

	"github.com/aws/smithy-go"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
)

// Session is a role that was assumed, and the credentials for it.
type Session struct {
	RoleARN string
	Name    string // of the session: a task's is its id
	Account string // where calls with the credentials go

	AccessKeyID     string
	SecretAccessKey string
	Token           string
	Expiration      time.Time
}

// ARN is who the session's caller is:
// arn:aws:sts::000000000000:assumed-role/app/<session>.
func (s Session) ARN() string {
	account := accountOf(s.RoleARN)
	if account == "" {
		account = s.Account
	}
	return fmt.Sprintf("arn:%s:sts::%s:assumed-role/%s/%s", s.partition(), account, s.role(), s.Name)
}

// partition is the role's; a task's role may be a bare name.
func (s Session) partition() string {
	if parts := strings.SplitN(s.RoleARN, ":", 3); len(parts) == 3 {
		return parts[1]
	}
	return "aws"
}

// UserID is the unique id of the role and the session's name.
func (s Session) UserID() string { return roleID(s.RoleARN) + ":" + s.Name }

// role is the role's name without its path.
func (s Session) role() string { return s.RoleARN[strings.LastIndexByte(s.RoleARN, '/')+1:] }

// roleID is the same for the same role.
func roleID(arn string) string {
	h := fnv.New128a()
	_, _ = h.Write([]byte(arn)) // can't fail
	return "AROA" + base32.StdEncoding.EncodeToString(h.Sum(nil))[:17]
}

func accountOf(arn string) string {
	if parts := strings.SplitN(arn, ":", 6); len(parts) == 6 {
		return parts[4]
	}
	return ""
}

// Sessions are the credentials that were handed out. The zero Sessions is
// ready; its methods may be called concurrently.
type Sessions struct {
	mu  sync.RWMutex // guards all
	all map[string]Session
}

// Issue assumes a role for a while.
func (s *Sessions) Issue(roleARN, name, account string, d time.Duration) Session {
	key, secret, token := newCredentials()
	session := Session{
		RoleARN: roleARN, Name: name, Account: account,
		AccessKeyID: key, SecretAccessKey: secret, Token: token,
		Expiration: time.Now().Add(d).UTC().Truncate(time.Second),
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		s.all = map[string]Session{}
	}
	s.all[key] = session
	return session
}

// Find returns the session of an access key, expired or not.
func (s *Sessions) Find(accessKey string) (Session, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	session, ok := s.all[accessKey]
	return session, ok
}

// Admit refuses a caller whose credentials have expired.
func (s *Sessions) Admit(c awsjson.Caller) error {
	session, ok := s.Find(c.AccessKey)
	if !ok || time.Now().Before(session.Expiration) {
		return nil
	}
	return &smithy.GenericAPIError{Code: "ExpiredTokenException", Message: msgExpired, Fault: smithy.FaultClient}
}

// newCredentials are random in the forms of AWS.
func newCredentials() (key, secret, token string) {
	var b [10 + 30 + 96]byte
	_, _ = rand.Read(b[:]) // never fails
	return "ASIA" + base32.StdEncoding.EncodeToString(b[:10]),
		base64.StdEncoding.EncodeToString(b[10:40]),
		base64.StdEncoding.EncodeToString(b[40:])
}
