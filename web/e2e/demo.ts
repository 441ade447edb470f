import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
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
  nodes: { pid: number }[]
}

/** The real program: a fake Telegram and a node, with the person who talks to the bot. */
export class Demo {
  private readonly data = mkdtempSync(join(tmpdir(), 'teleplay-e2e-'))
  private process!: ChildProcess
  ready!: Ready

  private constructor(private readonly ports: [node: number, control: number]) {}

  static async start(): Promise<Demo> {
    const demo = new Demo(await Promise.all([freePort(), freePort()]))
    await demo.run()
    return demo
  }

  /** Starts the program, at the same addresses and with the same library each time. */
  async run(): Promise<void> {
    const [node, control] = this.ports
    const child = spawn(
      join(import.meta.dirname, '../../bin/teleplay'),
      [
        ...['demo', '--json', `--data=${this.data}`],
        ...[`--listen=127.0.0.1:${node}`, `--control=127.0.0.1:${control}`],
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    this.process = child
    const line = await new Promise<string>((resolve, reject) => {
      createInterface(child.stdout).once('line', resolve)
      child.once('exit', (status) => reject(new Error(`the demo ended with ${status}`)))
    })
    this.ready = JSON.parse(line) as Ready
  }

  /** Kills the node as a power cut would; the demo ends with it. */
  async kill(): Promise<void> {
    const ended = this.ended()
    for (const { pid } of this.ready.nodes) process.kill(pid, 'SIGKILL')
    await ended
  }

  async stop(): Promise<void> {
    const ended = this.ended()
    this.process.kill('SIGTERM')
    await ended
    rmSync(this.data, { recursive: true })
  }

  private async ended(): Promise<void> {
    const { exitCode, signalCode } = this.process
    if (exitCode === null && signalCode === null) await once(this.process, 'exit')
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

/** A port below those that outgoing connections take, for they could take it before its server does. */
function freePort(): Promise<number> {
  const port = 20_000 + Math.floor(Math.random() * 12_000)
  return new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(freePort()))
      .listen(port, '127.0.0.1', () => server.close(() => resolve(port)))
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

  /** Small to make, and longer than a browser reads ahead. */
  long(): string {
    const source = 'gradients=seed=3:n=3:c0=0x10243f:c1=0xd97706:c2=0x0e7490:speed=0.03'
    const rate = ['-b:v', '1500k', '-minrate', '1500k', '-maxrate', '1500k', '-bufsize', '500k']
    return this.make('Night train.mp4', source, 60, rate, '640x360')
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

  private make(
    name: string,
    source: string,
    seconds: number,
    rate: string[],
    size = '1280x720',
  ): string {
    const file = join(this.dir, name)
    const picture = `${source}:size=${size}:rate=25,noise=alls=24:allf=t`
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
