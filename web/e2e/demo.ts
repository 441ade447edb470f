import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from '@playwright/test'

/** A message as the chat shows it. */
export interface Message {
  id: number
  text: string
  reply_to?: number
  buttons?: { text: string; url?: string }[][]
}

interface Ready {
  url: string
  login_url: string
  control_url: string
  user: number
  bot: number
}

/** The real program: a fake Telegram and a node, with the person who talks to the bot. */
export class Demo {
  private constructor(
    readonly ready: Ready,
    private readonly process: ChildProcess,
  ) {}

  static async start(): Promise<Demo> {
    const [node, control] = await Promise.all([freePort(), freePort()])
    const child = spawn(
      join(import.meta.dirname, '../../bin/teleplay'),
      ['demo', '--json', `--listen=127.0.0.1:${node}`, `--control=127.0.0.1:${control}`],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const line = await new Promise<string>((resolve, reject) => {
      createInterface(child.stdout).once('line', resolve)
      child.once('exit', (status) => reject(new Error(`the demo ended with ${status}`)))
    })
    return new Demo(JSON.parse(line) as Ready, child)
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once('exit', resolve))
    this.process.kill('SIGTERM')
    await ended
  }

  private get chat(): string {
    return `/users/${this.ready.user}/chats/${this.ready.bot}`
  }

  private async control<T>(path: string, body?: object): Promise<T> {
    const answer = await fetch(this.ready.control_url + path, {
      method: body ? 'POST' : 'GET',
      headers: { 'Content-Type': 'application/json' },
      body: body ? JSON.stringify(body) : undefined,
    })
    expect(answer.ok, `${path}: ${answer.status}`).toBe(true)
    return (await answer.json()) as T
  }

  /** Sends something to the bot and gives the bot's answer to it. */
  async send(what: object): Promise<Message> {
    const sent = await this.control<{ rev: number; messages: Message[] }>(
      `${this.chat}/messages`,
      what,
    )
    let rev = sent.rev
    const own = sent.messages[0]?.id ?? 0
    const until = Date.now() + 30_000
    while (Date.now() < until) {
      const news = await this.control<{ rev: number; messages: Message[] }>(
        `${this.chat}?after_rev=${rev}&wait=10s`,
      )
      const answer = news.messages.find((m) => m.id > own)
      if (answer) return answer
      rev = news.rev
    }
    throw new Error('the bot does not answer')
  }

  say(text: string): Promise<Message> {
    return this.send({ text })
  }

  async press(message: Message, text: string): Promise<string> {
    const out = await this.control<{ answered: boolean; answer?: { text: string } }>(
      `${this.chat}/press`,
      { message_id: message.id, text, wait: '10s' },
    )
    expect(out.answered).toBe(true)
    return out.answer?.text ?? ''
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** Real films for the test, made by ffmpeg. */
export class Films {
  readonly dir = mkdtempSync(join(tmpdir(), 'teleplay-films-'))

  /** An MP4 of about 20 MB that has its index (moov) at the end, as cameras write it. */
  indexLast(): string {
    return this.make(
      'Harbour at night.mp4',
      'gradients=seed=7:n=4:c0=0x0b1d3a:c1=0xf59e0b:c2=0x7c3aed:c3=0x0ea5e9:speed=0.02',
      40,
      ['-b:v', '4600k', '-minrate', '4600k', '-maxrate', '4600k', '-bufsize', '1M'],
    )
  }

  matroska(): string {
    return this.make('Long way home.mkv', 'testsrc2=alpha=255', 20, ['-b:v', '800k'])
  }

  /** What a person's app would tell Telegram about the film. */
  describe(file: string): object {
    const thumb = `${file}.jpg`
    execFileSync('ffmpeg', [
      ...['-v', 'error', '-y', '-ss', '8', '-i', file, '-frames:v', '1'],
      ...['-vf', 'scale=320:-1', '-q:v', '5', thumb],
    ])
    const probe = execFileSync('ffprobe', [
      ...['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', file],
    ])
    return {
      kind: 'video',
      source: { path: file },
      file_name: basename(file),
      duration: Number(probe.toString()),
      width: 1280,
      height: 720,
      thumb: { path: thumb },
    }
  }

  private make(name: string, source: string, seconds: number, rate: string[]): string {
    const file = join(this.dir, name)
    const picture = `${source}:size=1280x720:rate=25,noise=alls=24:allf=t`
    execFileSync('ffmpeg', [
      ...[
        '-v',
        'error',
        '-y',
        '-f',
        'lavfi',
        '-i',
        picture,
        '-f',
        'lavfi',
        '-i',
        'sine=frequency=330:beep_factor=4',
      ],
      ...[
        '-t',
        String(seconds),
        '-c:v',
        'libx264',
        '-preset',
        'ultrafast',
        '-pix_fmt',
        'yuv420p',
        '-g',
        '50',
        ...rate,
      ],
      ...['-c:a', 'aac', '-b:a', '96k', file],
    ])
    return file
  }

  remove(): void {
    rmSync(this.dir, { recursive: true })
  }
}
