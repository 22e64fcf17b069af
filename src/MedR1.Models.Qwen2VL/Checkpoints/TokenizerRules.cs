using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// Checks that a tokenizer matches a configuration; otherwise image features would silently be inserted in the wrong
/// places.
/// </summary>
internal static class TokenizerRules
{
    public static void Check(Qwen2VLConfiguration configuration, ITextTokenizer tokenizer)
    {
        Same("image_token_id", configuration.ImageTokenId, Qwen2VLTokens.ImagePlaceholder);
        Same("video_token_id", configuration.VideoTokenId, Qwen2VLTokens.VideoPlaceholder);
        Same("vision_start_token_id", configuration.VisionStartTokenId, Qwen2VLTokens.VisionStart);
        Same("vision_end_token_id", configuration.VisionEndTokenId, Qwen2VLTokens.VisionEnd);
        int last = tokenizer.SpecialTokens.Values.Append(tokenizer.VocabularySize - 1).Max();
        if (last >= configuration.Text.VocabularySize)
        {
            throw new TokenizerMismatchException(
                $"The tokenizer has ids up to {last}, but the model's vocab_size is " +
                $"{configuration.Text.VocabularySize}; use the tokenizer and weights of the same model.");
        }

        void Same(string field, int id, string token)
        {
            if (!tokenizer.SpecialTokens.TryGetValue(token, out int found))
            {
                throw new TokenizerMismatchException(
                    $"The tokenizer has no control token '{token}', but config.json's {field} is {id}; " +
                    "use the tokenizer and weights of the same model.");
            }

            if (found != id)
            {
                throw new TokenizerMismatchException(
                    $"config.json's {field} is {id}, but the tokenizer's '{token}' is {found}; " +
                    "use the tokenizer and weights of the same model.");
            }
        }
    }
}
