using MedR1.Modeling;
using MedR1.Training;

namespace MedR1.Samples.PretrainBase;

/// <summary>Converts an example to tokens with weights: only the assistant's tokens count.</summary>
internal sealed class PretrainingEncoder
{
    private readonly ITextTokenizer _tokenizer;
    private readonly Func<IImageSource, EncodedImage> _encodeImage;
    private readonly int _mergeArea;
    private readonly Dictionary<string, EncodedImage> _images = [];

    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="encodeImage">
    /// Encodes an image; each is encoded once, but a part that was cut out for a single example is not cached.
    /// </param>
    /// <param name="mergeArea">The number of patches per image token.</param>
    public PretrainingEncoder(ITextTokenizer tokenizer, Func<IImageSource, EncodedImage> encodeImage, int mergeArea)
    {
        _tokenizer = tokenizer;
        _encodeImage = encodeImage;
        _mergeArea = mergeArea;
    }

    public SupervisedExample Encode(PretrainingExample example)
    {
        List<int> ids = [];
        List<float> weights = [];
        List<EncodedImage> images = [];
        Control("<|im_start|>", 0);
        Text("system\nYou are a helpful assistant.", 0);
        EndMessage(0);
        foreach (ChatMessage message in example.Messages)
        {
            bool said = message.Role == ChatRole.Assistant;
            Control("<|im_start|>", 0);
            string pending = message.Role.Value + "\n";
            foreach (ChatPart part in message.Content)
            {
                if (part is ImagePart image)
                {
                    Text(pending, 0);
                    pending = "";
                    Image(image.Image);
                }
                else if (part is TextPart text)
                {
                    if (said)
                    {
                        Text(pending, 0);
                        pending = "";
                        Text(text.Text, 1);
                    }
                    else
                    {
                        pending += text.Text;
                    }
                }
            }

            Text(pending, 0);
            EndMessage(said ? 1 : 0);
        }

        return SupervisedExample.Tokens(new EncodedPrompt(ids, images), weights);

        void Control(string token, float weight)
        {
            ids.Add(_tokenizer.SpecialTokens[token]);
            weights.Add(weight);
        }

        void Text(string text, float weight)
        {
            foreach (int id in _tokenizer.Encode(text))
            {
                ids.Add(id);
                weights.Add(weight);
            }
        }

        void EndMessage(float weight)
        {
            Control("<|im_end|>", weight);
            Text("\n", 0);
        }

        void Image(IImageSource source)
        {
            if (!_images.TryGetValue(source.Name, out EncodedImage? encoded))
            {
                encoded = _encodeImage(source);
                if (source is not CroppedImage)
                {
                    _images[source.Name] = encoded;
                }
            }

            images.Add(encoded);
            Control("<|vision_start|>", 0);
            for (int token = 0; token < encoded.Grid.PatchCount / _mergeArea; token++)
            {
                Control("<|image_pad|>", 0);
            }

            Control("<|vision_end|>", 0);
        }
    }
}
