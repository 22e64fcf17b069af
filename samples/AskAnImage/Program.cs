using System.CommandLine;
using MedR1;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Samples;
using MedR1.Samples.AskAnImage;
using MedR1.Sampling;
using static TorchSharp.torch;

Argument<DirectoryInfo> checkpoint = new("checkpoint") { Description = "A Qwen2-VL or Qwen2.5-VL checkpoint folder." };
Argument<FileInfo> image = new("image") { Description = "A PNG, JPEG, WebP, BMP, GIF or TIFF file." };
Argument<string> question = new("question") { Description = "What to ask." };
Option<string> device = new("--device") { Description = "cpu, or cuda with an external libtorch.", DefaultValueFactory = _ => "cpu" };
Option<int> tokens = new("--max-new-tokens") { Description = "The maximum length of the answer in tokens.", DefaultValueFactory = _ => 256 };
checkpoint.AcceptExistingOnly();
image.AcceptExistingOnly();
question.Validators.Add(result =>
{
    if (result.Tokens is [var only] && string.IsNullOrWhiteSpace(only.Value))
    {
        result.AddError("The question is empty.");
    }
});
OptionRules.AtLeast(1, tokens);
OptionRules.Without(DeviceName.MistakeIn, device);

RootCommand root = new("Asks a vision-language model a question about an image.") { checkpoint, image, question, device, tokens };
root.SetAction((result, cancellationToken) => Mistakes.ReportAsync(async () =>
{
    Device where = DeviceName.Open(result.GetValue(device)!);
    string folder = result.GetValue(checkpoint)!.FullName;
    using Qwen2VLPolicy policy = Qwen2VLPolicy.Load(
        folder, ImageFiles.LoadProcessor(folder), where, weights: WeightStorage.MappedFiles, progress: LoadingLine.OfTerminal(),
        cancellationToken: cancellationToken);
    SamplingOptions options = new() { Temperature = 0, MaxNewTokens = result.GetValue(tokens) };
    FileImageSource source = new(result.GetValue(image)!.FullName);
    await foreach (string text in policy.AskAsync(source, result.GetValue(question)!, options, cancellationToken))
    {
        Console.Write(text);
    }

    Console.WriteLine();
}));
return await root.Parse(args).InvokeAsync();
