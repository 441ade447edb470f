package bot

import (
	"context"
	"fmt"

	"github.com/teleplay/teleplay"
)

// listed bounds the buttons of one message; the web app shows the rest.
const listed = 40

// newest lists the user's newest files, a button each.
func (b *Bot) newest(ctx context.Context, user teleplay.User) (teleplay.Outgoing, error) {
	l, err := b.o.Library.Files(ctx, user.ID, teleplay.FileQuery{PerPage: recentFiles})
	if err != nil {
		return teleplay.Outgoing{}, err
	}
	if len(l.Files) == 0 {
		return say("Your library is empty. Send me a video, music, a photo or any other file."), nil
	}
	text := "Your newest files:"
	if l.Total > len(l.Files) {
		text = fmt.Sprintf("Your %d newest files of %d:", len(l.Files), l.Total)
	}
	return b.withLink(teleplay.Outgoing{Text: text, Buttons: fileButtons(l.Files)}, "Open the library", ""), nil
}

// folder shows what lies in a folder; 0 is the root.
func (b *Bot) folder(ctx context.Context, user teleplay.User, folder int32) (teleplay.Outgoing, error) {
	v, err := b.o.Library.FolderView(ctx, user.ID, folder)
	if err != nil {
		return teleplay.Outgoing{}, err
	}
	name := "Your library"
	if folder != 0 {
		name = plain(v.Folder.Name)
	}
	text := fmt.Sprintf("%s: %s, %s.", name, count(len(v.Subfolders), "folder"), count(len(v.Files), "file"))
	if folder == 0 && len(v.Subfolders) == 0 {
		text += " Make a folder with /newfolder and a name."
	}
	var rows [][]teleplay.Button
	for _, f := range v.Subfolders[:min(len(v.Subfolders), listed)] {
		rows = append(rows, []teleplay.Button{{Text: "📁 " + short(plain(f.Name)), Data: "folder:" + id(f.ID)}})
	}
	rows = append(rows, fileButtons(v.Files[:min(len(v.Files), listed-len(rows))])...)
	if more := len(v.Subfolders) + len(v.Files) - len(rows); more > 0 {
		text += fmt.Sprintf(" %d more are in the web app.", more)
	}
	path := ""
	if folder != 0 {
		up := teleplay.Button{Text: "Back", Data: "back_folders"}
		if v.Folder.Parent != 0 {
			up.Data = "folder:" + id(v.Folder.Parent)
		}
		rows, path = append(rows, []teleplay.Button{up}), "/folder/"+id(folder)
	}
	return b.withLink(teleplay.Outgoing{Text: text, Buttons: rows}, "Open the library", path), nil
}

// file shows one file's card.
func (b *Bot) file(ctx context.Context, user teleplay.User, n int32) (teleplay.Outgoing, error) {
	f, err := b.o.Library.File(ctx, user.ID, n)
	if err != nil {
		return teleplay.Outgoing{}, err
	}
	m := b.card(f)
	if f.Folder != 0 {
		d, err := b.o.Library.Folder(ctx, user.ID, f.Folder)
		if err != nil {
			return teleplay.Outgoing{}, err
		}
		m.Text += "\nin " + plain(d.Name)
	}
	m.Buttons = append(m.Buttons, []teleplay.Button{{Text: "My files", Data: "show_files"}})
	return m, nil
}

// savedCard tells the sender that a file is in the library, in answer to message.
func (b *Bot) savedCard(f teleplay.File, message int32) teleplay.Outgoing {
	m := b.card(f)
	const saved = "Saved\n"
	m.Text = saved + m.Text
	for i := range m.Entities {
		m.Entities[i].Offset += utf16Len(saved)
	}
	m.ReplyTo = message
	return m
}

// card describes a file: its name in bold, then what is known of it.
func (b *Bot) card(f teleplay.File) teleplay.Outgoing {
	name := plain(f.Name)
	text := name + "\n" + string(f.Kind) + ", " + size(f.Size)
	if f.Duration > 0 {
		text += ", " + length(f.Duration)
	}
	text += "\nid " + id(f.ID)
	return b.withLink(teleplay.Outgoing{
		Text:     text,
		Entities: []teleplay.Entity{{Kind: "bold", Offset: 0, Length: utf16Len(name)}},
	}, "Open", "/watch/"+id(f.ID))
}

func fileButtons(files []teleplay.File) [][]teleplay.Button {
	var rows [][]teleplay.Button
	for _, f := range files {
		rows = append(rows, []teleplay.Button{{Text: kindIcon[f.Kind] + " " + short(plain(f.Name)), Data: "file:" + id(f.ID)}})
	}
	return rows
}

var kindIcon = map[teleplay.FileKind]string{
	teleplay.Video: "🎬", teleplay.Audio: "🎵", teleplay.Image: "🖼", teleplay.Document: "📄",
}
