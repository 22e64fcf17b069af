using System.Globalization;

using MedR1.Modeling;

namespace MedR1.Sampling;

/// <summary>Encodes the prompts of a call one by one; an error names the prompt that can't be used.</summary>
internal sealed class PromptEncoder(IVisionLanguagePolicy policy, SamplingOptions options)
{
    private const int ShownCharacters = 60;

    /// <summary>Encodes a prompt, unless it is already encoded.</summary>
    /// <exception cref="InvalidPromptException">The prompt can't be encoded, or leaves no room for an answer.</exception>
    public PromptTicket Encode(VqaPrompt prompt, EncodedPrompt? known, int index, CancellationToken cancellationToken)
    {
        EncodedPrompt encoded;
        try
        {
            encoded = known ?? policy.Processor.Encode(prompt, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // Whatever the cause, for instance a broken image: in a list of thousands, the prompt's index is needed first. A timeout of an
            // image source is a cancellation that the caller did not request.
            throw new InvalidPromptException(
                $"{NameOf(prompt, index)} can't be encoded: {ForeignExceptions.MessageOf(exception)}", exception);
        }

        int room = policy.ContextLength - encoded.TokenIds.Count;
        if (encoded.TokenIds.Count == 0)
        {
            throw new InvalidPromptException($"{NameOf(prompt, index)} has no tokens; ask something.");
        }

        if (room < 1)
        {
            throw new InvalidPromptException(string.Create(
                CultureInfo.InvariantCulture,
                $"{NameOf(prompt, index)} has {encoded.TokenIds.Count} tokens, but the model's context length is " +
                $"{policy.ContextLength}, and an answer needs at least 1 of them. Shorten the text, use fewer " +
                $"images, or lower the processor's MaxPixels."));
        }

        long seed = prompt.Seed ?? Philox.PromptSeed(options.Seed, index);
        return room < options.MaxNewTokens
            ? new PromptTicket(index, prompt, encoded, seed, room, StopReason.ContextFull)
            : new PromptTicket(index, prompt, encoded, seed, options.MaxNewTokens, StopReason.Length);
    }

    private static string NameOf(VqaPrompt prompt, int index)
    {
        string text = string.Concat(
            prompt.Messages.SelectMany(message => message.Content.OfType<TextPart>()).Select(part => part.Text));
        string shown = text.Length > ShownCharacters ? text[..ShownCharacters] + "…" : text;
        string example = prompt.Example is VqaExample known ? $" of example '{known.Id}'" : "";
        return string.Create(CultureInfo.InvariantCulture, $"Prompt {index}{example} ('{shown}')");
    }
}
