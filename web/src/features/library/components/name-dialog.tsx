import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { errorWords } from '@/lib/error-words'

interface NameDialogProps {
  title: string
  submit: string
  name: string
  busy: boolean
  error: unknown
  onSubmit: (name: string) => void
  onClose: () => void
}

/** Asks for a name. The part before a file's ending is selected. */
export function NameDialog({
  title,
  submit,
  name,
  busy,
  error,
  onSubmit,
  onClose,
}: NameDialogProps) {
  const [value, setValue] = useState(name)
  const words = error ? errorWords(error) : undefined
  return (
    <Dialog
      title={title}
      onClose={onClose}
      onSubmit={() => {
        if (value.trim() === name) onClose()
        else if (!busy) onSubmit(value.trim())
      }}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={busy || value.trim() === ''}>
            {submit}
          </Button>
        </>
      }
    >
      <Field
        label="Name"
        value={value}
        maxLength={255}
        autoFocus
        error={words && `${words.title}. ${words.next}`}
        onChange={(event) => setValue(event.target.value)}
        onFocus={(event) => {
          const ending = name.lastIndexOf('.')
          event.target.setSelectionRange(0, ending > 0 ? ending : name.length)
        }}
      />
    </Dialog>
  )
}
