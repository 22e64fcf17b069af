using System.IO.Compression;
using MedR1.TestSupport;

namespace MedR1.Datasets.Tests;

public sealed class PublishedLayoutTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void VQA_RAD_keeps_numbers_as_written_and_trims_types()
    {
        _folder.Write("VQA_RAD Dataset Public.json", """
            [{"qid":7,"phrase_type":"test_para","image_name":"a.jpg","image_organ":"HEAD","question":"How many?",
              "question_type":"COUNT ","answer":2.50,"answer_type":"OPEN "},
             {"qid":"8","phrase_type":"freeform","image_name":"gone.jpg","image_organ":"HEAD","question":"?",
              "question_type":"PRES","answer":"Yes","answer_type":"CLOSED"}]
            """);
        _folder.Write("VQA_RAD Image Folder/a.jpg", "");
        VqaRadDataset test = VqaRadDataset.Load(_folder.Path, new VqaRadOptions { Split = VqaRadSplit.Test });
        VqaExample example = Assert.Single(test);
        Assert.Equal(("7", "2.50", "OPEN", "test"),
            (example.Id, example.Answer, example.Metadata["answer_type"], example.Metadata["split"]));
        Assert.Equal(new QuestionType("COUNT"), example.QuestionType);
        Assert.Contains("1 of 2 examples lack images", Assert.Throws<DatasetException>(
            () => VqaRadDataset.Load(_folder.Path)).Message);
        Assert.Contains("has no file 'x.json'", Assert.Throws<DatasetException>(
            () => VqaRadDataset.Load(_folder.Path, new VqaRadOptions { AnnotationFile = "x.json" })).Message);
    }

    [Fact]
    public void SLAKE_reads_a_validation_file_of_either_name_and_filters_by_language()
    {
        _folder.Write("validation.json", """
            [{"img_name":"xmlab1/source.jpg","question":"?","answer":"CT","q_lang":"en","modality":"MRI",
              "answer_type":"OPEN","content_type":"Organ","qid":1},
             {"img_name":"xmlab1/source.jpg","question":"？","answer":"没有","q_lang":"zh","modality":"X-Ray",
              "answer_type":"OPEN","qid":2}]
            """);
        _folder.Write("imgs/xmlab1/source.jpg", "");
        SlakeDataset both = SlakeDataset.Load(_folder.Path, SlakeSplit.Validation);
        Assert.Equal([ImagingModality.MRI, ImagingModality.XRay], both.Select(example => example.Modality!.Value));
        Assert.Equal("MRI", both[0].Metadata["modality"]);
        SlakeDataset chinese = SlakeDataset.Load(_folder.Path, SlakeSplit.Validation, new SlakeOptions { Language = "zh" });
        Assert.Equal("没有", Assert.Single(chinese).Answer);
    }

    [Fact]
    public void PMC_VQA_reads_both_versions_from_a_folder_or_an_archive()
    {
        const string first = "Figure_path,Question,Answer,Choice A,Choice B,Choice C,Choice D,Answer_label\n"
            + "f.jpg,\"What, \"\"now\"\"?\",Lung, A:Head , B:Lung ,C:Leg,D: Arm,B\n";
        const string second = "index,Figure_path,Caption,Question,Choice A,Choice B,Choice C,Choice D,Answer,split\r\n"
            + "0,f.jpg,\"a\nb\",\"What, \"\"now\"\"?\",Head,Lung,Leg,Arm,B,train\r\n";
        _folder.Write("unpacked/figures/f.jpg", "picture");
        string archive = Path.Combine(_folder.Path, "images.zip");
        using (ZipArchive zip = ZipFile.Open(archive, ZipArchiveMode.Create))
        {
            zip.CreateEntryFromFile(Path.Combine(_folder.Path, "unpacked/figures/f.jpg"), "any/where/f.jpg");
        }

        foreach (string text in (string[])[first, second])
        {
            foreach (string images in (string[])[archive, Path.Combine(_folder.Path, "unpacked")])
            {
                VqaExample example = Assert.Single(PmcVqaDataset.Load(_folder.Write("a.csv", text), images));
                Assert.Equal("What, \"now\"? A)Head, B)Lung, C)Leg, D)Arm", example.Problem);
                Assert.Equal((1, "Lung"), (example.AnswerIndex, example.Answer));
                using StreamReader image = new(example.Images[0].OpenRead());
                Assert.Equal("picture", image.ReadToEnd());
            }
        }

        string broken = _folder.Write("b.csv", first + "f.jpg,\"no end\n");
        Assert.Contains("item 1", Assert.Throws<DatasetException>(() => PmcVqaDataset.Load(broken, archive)).Message);
        Assert.Contains("not a valid ZIP", Assert.Throws<DatasetException>(() => PmcVqaDataset.Load(broken, broken)).Message);

        // The file is closed: nobody else has it open.
        using FileStream exclusive = new(broken, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
    }

    [Fact]
    public void An_image_that_occurs_twice_in_an_archive_is_refused_if_a_question_needs_it()
    {
        string archive = Path.Combine(_folder.Path, "images.zip");
        using (ZipArchive zip = ZipFile.Open(archive, ZipArchiveMode.Create))
        {
            foreach (string name in (string[])["one/f.jpg", "one/Thumbs.db", "two/f.jpg", "two/Thumbs.db", "two/g.jpg"])
            {
                using StreamWriter writer = new(zip.CreateEntry(name).Open());
                writer.Write(name);
            }
        }

        const string table = "Figure_path,Question,Answer,Choice A,Choice B,Choice C,Choice D,Answer_label\n";
        string needed = _folder.Write("a.csv", table + "f.jpg,What?,Lung,A:Head,B:Lung,C:Leg,D:Arm,B\n");
        Assert.Contains(
            "several files named 'f.jpg', such as 'one/f.jpg' and 'two/f.jpg'",
            Assert.Throws<DatasetException>(() => PmcVqaDataset.Load(needed, archive)).Message);
        string other = _folder.Write("b.csv", table + "g.jpg,What?,Lung,A:Head,B:Lung,C:Leg,D:Arm,B\n");
        Assert.Single(PmcVqaDataset.Load(other, archive));
    }

    [Fact]
    public void MedVLM_R1_reads_the_letter_and_keeps_the_texts()
    {
        string file = _folder.Write("test.json", """
            [{"image":["a.png","b.png"],"problem":"?\nA) x\nB) y","solution":"B","question":"?","options":["x","y"],
              "answer":"y","dataset":"OmniMedVQA","subset":"X-Ray"}]
            """);
        MedVlmR1Dataset dataset = MedVlmR1Dataset.Load(
            file, _folder.Path, new MedVlmR1Options { MissingImages = MissingImageHandling.Keep });
        VqaExample example = Assert.Single(dataset);
        Assert.Equal((1, "y", ImagingModality.XRay, 2),
            (example.AnswerIndex, example.Answer, example.Modality, example.Images.Count));
        Assert.Equal("?\nA) x\nB) y", example.Metadata["problem"]);
        Assert.Equal(["a.png", "b.png"], dataset.MissingImages.FirstPaths);
        Assert.Equal(1, dataset.MissingImages.ExampleCount);
    }

    // A mark takes one line break on each side with it; the rest of the text stays as it is.
    [Fact]
    public void The_first_question_of_a_conversation_with_its_answer_is_the_example()
    {
        string file = _folder.Write("c.json", """
            [{"messages":[{"role":"system","content":"Be brief"},{"role":"user","content":"\nLook:\n<image>\nWhat?\n"},
              {"role":"assistant","content":"CT"},{"role":"user","content":"<image>Sure?"},{"role":"assistant","content":"Yes"}],
              "images":["a.png","b.png"]}]
            """);
        ConversationDataset dataset = ConversationDataset.Load(
            file, _folder.Path, new ConversationOptions { MissingImages = MissingImageHandling.Keep });
        Conversation conversation = Assert.Single(dataset);
        Assert.Equal(("c/0", 2), (conversation.Id, conversation.Images.Count()));
        Assert.Equal(
            ["\nLook:", "What?\n"], conversation.Messages[1].Content.OfType<TextPart>().Select(part => part.Text));
        VqaExample example = Assert.Single(dataset.ToExamples());
        Assert.Equal(("\nLook:\nWhat?\n", "CT"), (example.Question, example.Answer));
        Assert.EndsWith("a.png", Assert.Single(example.Images).Name);
    }

    [Theory]
    [InlineData("system assistant")]
    [InlineData("user")]
    [InlineData("system user")]
    [InlineData("user user assistant")]
    [InlineData("assistant user")]
    [InlineData("user system assistant")]
    public void A_conversation_without_a_question_and_its_answer_is_no_example(string roles)
    {
        ChatMessage[] messages = [.. roles.Split(' ').Select(role => new ChatMessage(new ChatRole(role), [new TextPart("text")]))];
        Assert.Null(new Conversation("c", messages).ToExample());
    }

    [Fact]
    public void Conversations_need_a_placeholder_for_each_image()
    {
        string file = _folder.Write("c.json", """
            [{"id":5,"conversations":[{"from":"human","value":"<image>\r\n<image>Hi"},{"from":"gpt","value":"Yes"}],
              "image":["a.png","b.png"]}]
            """);
        ConversationOptions keep = new() { MissingImages = MissingImageHandling.Keep };
        ConversationDataset dataset = ConversationDataset.Load(file, _folder.Path, keep);
        Assert.Equal("5", Assert.Single(dataset).Id);
        VqaExample example = Assert.Single(dataset.ToExamples());
        Assert.Equal(("Hi", "Yes", 2), (example.Question, example.Answer, example.Images.Count));
        foreach ((string images, string fault) in ((string, string)[])
            [("[\"a.png\"]", "more '<image>' placeholders"),
                ("[\"a.png\",\"b.png\",\"c.png\"]", "2 '<image>' placeholders for 3 images")])
        {
            string bad = _folder.Write("d.json", File.ReadAllText(file).Replace("[\"a.png\",\"b.png\"]", images));
            Assert.Contains(fault, Assert.Throws<DatasetException>(
                () => ConversationDataset.Load(bad, _folder.Path, keep)).Message);
        }
    }
}
