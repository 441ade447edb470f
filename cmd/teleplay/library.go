package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"
)

// library fills a library as its user.
type library struct {
	control   controlAPI
	node      string
	user, bot int64
	token     string

	folders map[string]int32  // folded path → id; "" is the root
	files   map[string]string // folded path and name → id
}

// login follows the bot's link as a browser would.
func (l *library) login(ctx context.Context) error {
	client := &http.Client{Timeout: callTime, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(l.control.base, "/v1")+"/login", nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	resp.Body.Close()
	_, key, ok := strings.Cut(resp.Header.Get("Location"), "#k=")
	if !ok {
		return fmt.Errorf("the bot gave no login link: %s", resp.Status)
	}
	var out struct {
		AccessToken string `json:"access_token"`
	}
	if err := callJSON(ctx, http.MethodPost, l.node+"/api/auth/web-link", "", map[string]any{"key": key}, &out); err != nil {
		return err
	}
	l.token = out.AccessToken
	return nil
}

// chatMessage is what the demo reads of a message in the chat.
type chatMessage struct {
	ID      int64  `json:"id"`
	Text    string `json:"text"`
	ReplyTo int64  `json:"reply_to"`
	Buttons [][]struct {
		URL string `json:"url"`
	} `json:"buttons"`
}

// send sends one file to the bot and gives the id that the bot's answer leads to.
func (l *library) send(ctx context.Context, message map[string]any) (id string, err error) {
	chat := fmt.Sprintf("/users/%d/chats/%d", l.user, l.bot)
	var sent struct {
		Messages []chatMessage `json:"messages"`
		Rev      int64         `json:"rev"`
	}
	if err := l.control.do(ctx, http.MethodPost, chat+"/messages", message, &sent); err != nil {
		return "", err
	}
	if len(sent.Messages) != 1 {
		return "", fmt.Errorf("one file sent, %d messages made", len(sent.Messages))
	}
	own, deadline := sent.Messages[0].ID, time.Now().Add(readyWait)
	for time.Now().Before(deadline) {
		if err := l.control.do(ctx, http.MethodGet, fmt.Sprintf("%s?after_rev=%d&wait=5s", chat, sent.Rev), nil, &sent); err != nil {
			return "", err
		}
		for _, m := range sent.Messages {
			if m.ReplyTo == own {
				return openID(m)
			}
		}
	}
	return "", errors.New("the bot did not answer a file in time")
}

// openID reads the file's id from the bot's answer: its Open button leads there.
func openID(m chatMessage) (string, error) {
	for _, row := range m.Buttons {
		for _, b := range row {
			if _, id, ok := strings.Cut(b.URL, "/watch/"); ok {
				return id, nil
			}
		}
	}
	return "", fmt.Errorf("%w: %s", errRefused, m.Text)
}

// errRefused is a file that the bot did not take.
var errRefused = errors.New("the bot refused a file")

// look reads what the library has already.
func (l *library) look(ctx context.Context) error {
	l.folders, l.files = map[string]int32{"": 0}, map[string]string{}
	var list []struct {
		ID     int32  `json:"id"`
		Parent *int32 `json:"parent_id"`
		Name   string `json:"name"`
	}
	if err := l.api(ctx, http.MethodGet, "/api/folders?all=1", nil, &list); err != nil {
		return err
	}
	paths := map[int32]string{0: ""}
	for len(paths) <= len(list) {
		before := len(paths)
		for _, f := range list {
			parent := int32(0)
			if f.Parent != nil {
				parent = *f.Parent
			}
			if dir, ok := paths[parent]; ok {
				paths[f.ID] = fold(path.Join(dir, f.Name))
			}
		}
		if len(paths) == before {
			return errors.New("the library has folders in no folder")
		}
	}
	for id, name := range paths {
		l.folders[name] = id
		if err := l.lookInto(ctx, id, name); err != nil {
			return err
		}
	}
	return nil
}

func (l *library) lookInto(ctx context.Context, folder int32, name string) error {
	for page := 1; ; page++ {
		var out struct {
			Files []struct {
				ID   int32  `json:"id"`
				Name string `json:"file_name"`
			} `json:"files"`
		}
		if err := l.api(ctx, http.MethodGet, fmt.Sprintf("/api/files?folder_id=%d&per_page=100&page=%d", folder, page), nil, &out); err != nil {
			return err
		}
		for _, f := range out.Files {
			l.files[fold(path.Join(name, f.Name))] = fmt.Sprint(f.ID)
		}
		if len(out.Files) < 100 {
			return nil
		}
	}
}

// fold is a name as the library compares it.
func fold(name string) string { return strings.ToLower(name) }

// add sends one file, unless it is there, and puts it into its folder.
func (l *library) add(ctx context.Context, f demoFile) error {
	if _, there := l.files[fold(path.Join(f.Folder, f.Name))]; there {
		return nil
	}
	id, sent := l.files[fold(f.Name)] // sent before, and not moved
	if !sent {
		var err error
		if id, err = l.send(ctx, f.Message); err != nil {
			return err
		}
	}
	if f.Folder == "" {
		return nil
	}
	to, err := l.folder(ctx, f.Folder)
	if err != nil {
		return err
	}
	return l.api(ctx, http.MethodPatch, "/api/files/"+id, map[string]any{"folder_id": to}, nil)
}

// folder is the id of a path of folders, made where it is missing.
func (l *library) folder(ctx context.Context, name string) (int32, error) {
	if id, ok := l.folders[fold(name)]; ok {
		return id, nil
	}
	dir := path.Dir(name)
	if dir == "." {
		dir = ""
	}
	parent, err := l.folder(ctx, dir)
	if err != nil {
		return 0, err
	}
	in := map[string]any{"name": path.Base(name)}
	if parent != 0 {
		in["parent_id"] = parent
	}
	var out struct {
		ID int32 `json:"id"`
	}
	if err := l.api(ctx, http.MethodPost, "/api/folders", in, &out); err != nil {
		return 0, err
	}
	l.folders[fold(name)] = out.ID
	return out.ID, nil
}

// api calls the node as the user: again when it asks for patience, and with a new
// login when the old one has ended.
func (l *library) api(ctx context.Context, method, path string, in, out any) error {
	for try := 1; ; try++ {
		err := callJSON(ctx, method, l.node+path, l.token, in, out)
		var s *statusError
		if !errors.As(err, &s) || try == 10 {
			return err
		}
		switch s.status {
		case http.StatusUnauthorized:
			if err := l.login(ctx); err != nil {
				return err
			}
		case http.StatusTooManyRequests, http.StatusServiceUnavailable:
			t := time.NewTimer(s.retry)
			select {
			case <-t.C:
			case <-ctx.Done():
				t.Stop()
				return ctx.Err()
			}
		default:
			return err
		}
	}
}
